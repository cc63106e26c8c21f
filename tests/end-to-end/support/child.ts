// SPDX-License-Identifier: Apache-2.0
// A program that a test runs to its end, with everything it said. One that takes too long is
// killed and fails the test, so that no child outlives it.

import { type ChildProcess, spawn } from 'node:child_process';

/** Generous, since virtual machines may run beside the tests; no wait is longer than it must. */
export const childTimeoutMs = 180_000;

export type Ended = {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type ChildOptions = {
  readonly directory?: string;
  /** Added to the environment of the test, in which no colour is asked for or forbidden. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Written to its standard input, which is then closed. */
  readonly input?: string;
};

/** Gets the environment of children: the test's own, without what changes output. */
export function getEnvironment(added: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const {
    FORCE_COLOR: _forced,
    NO_COLOR: _forbidden,
    NODE_OPTIONS: _options,
    ...rest
  } = process.env;
  return { ...rest, ...added };
}

/** Resolves when a child has ended and its pipes are closed. */
export function waitForEnd(child: ChildProcess): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), childTimeoutMs);
    child.on('error', reject);
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      resolve({ status, signal, stdout, stderr });
    });
  });
}

/** Runs a program and waits for its end. */
export function run(
  program: string,
  args: readonly string[],
  options: ChildOptions = {},
): Promise<Ended> {
  const child = spawn(program, args, {
    ...(options.directory === undefined ? {} : { cwd: options.directory }),
    env: getEnvironment(options.environment),
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  child.stdin?.end(options.input);
  return waitForEnd(child);
}

/** Runs a program that must succeed, and returns what it wrote to standard output. */
export async function runOrFail(
  program: string,
  args: readonly string[],
  options: ChildOptions = {},
): Promise<string> {
  const { status, signal, stdout, stderr } = await run(program, args, options);
  if (status !== 0) {
    throw new Error(`${program} ${args.join(' ')} ended with ${status ?? signal}: ${stderr}`);
  }
  return stdout;
}
