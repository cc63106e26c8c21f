// SPDX-License-Identifier: Apache-2.0
// A command on a terminal of its own, which shows stdout and stderr in one. The terminal ends its
// lines in CR LF; what is returned has plain ones.

import { spawn } from 'node:child_process';
import { childTimeoutMs, getEnvironment } from './child.ts';

export type TerminalOptions = {
  readonly environment?: Readonly<Record<string, string>>;
  /** Looks at everything shown so far, each time there is more. */
  readonly onText?: (shown: string) => void;
};

/** Runs a command line on a terminal to its end, and returns what it showed. */
export function runOnTerminal(commandLine: string, options: TerminalOptions = {}): Promise<string> {
  const child = spawn('script', ['--quiet', '--return', '--command', commandLine, '/dev/null'], {
    env: getEnvironment(options.environment),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let shown = '';
  return new Promise((resolve, reject) => {
    // The terminal hangs up with it, and that ends the command.
    const timer = setTimeout(() => child.kill(), childTimeoutMs);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      shown = (shown + text).replaceAll('\r\n', '\n');
      options.onText?.(shown);
    });
    child.on('error', reject);
    child.on('close', (status) => {
      clearTimeout(timer);
      if (status === 0) resolve(shown);
      else reject(new Error(`${commandLine} ended with ${status} after showing: ${shown}`));
    });
  });
}
