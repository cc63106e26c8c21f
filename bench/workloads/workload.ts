// SPDX-License-Identifier: Apache-2.0
// A real thing that hosts do, to measure with. What it needs is made before its window, and what it
// changed on the host is undone after: nothing of either counts.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

export type Workload = {
  readonly name: string;
  /** Runs before the window; what it returns is run after the window. */
  readonly prepare: () => Promise<PreparedWorkload>;
};

export type PreparedWorkload = {
  readonly run: () => Promise<void>;
  readonly clean: () => Promise<void>;
};

/** So that nothing runs for good, whatever it waits for. */
const timeoutMs = 5 * 60_000;

export type RunOptions = {
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string>>;
};

/** Runs a program while this process goes on; throws with its words when it fails. */
export async function run(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { directory, environment } = options;
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    env: { ...process.env, LC_ALL: 'C.UTF-8', ...environment },
    ...(directory === undefined ? {} : { cwd: directory }),
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const [status, signal] = await once(child, 'close');
  if (status === 0) return output;
  const end = errors.trimEnd().split('\n').slice(-8).join('\n');
  throw new Error(`${program} ${args.join(' ')}: ended with ${status ?? signal}\n${end}`);
}

/** Runs a script of the shell; `set -eu` holds. */
export function runScript(script: string, args: readonly string[]): Promise<string> {
  return run('sh', ['-euc', script, 'sh', ...args]);
}
