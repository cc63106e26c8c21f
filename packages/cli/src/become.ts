// SPDX-License-Identifier: Apache-2.0
// Becoming a program of the agent (execve): there is no parent left that could be killed and leave
// it behind, and signals reach who they are meant for.

import { join } from 'node:path';
import { Failure, rootDirectory } from '@fimbul/config';

/**
 * The agent runs for months and allocates little between two records: a small young generation, and
 * no room in reserve. Without these it keeps what compiling the policies took.
 */
export const memoryFlags = ['--max-semi-space-size=2', '--optimize-for-size'];

/**
 * Sources with their types stripped already: the program that does it takes 14 MiB. One arena of
 * glibc for all threads, whose end is given back at 128 KiB, a threshold that no longer rises when
 * it is named: the thread that compiles would leave an arena behind, and the start a hole.
 */
const memoryEnvironment = {
  NODE_COMPILE_CACHE: join(rootDirectory, 'build/compile-cache'),
  MALLOC_ARENA_MAX: '1',
  MALLOC_TRIM_THRESHOLD_: '131072',
};

/** Replaces this process; `main` is a file of the agent, such as `main.ts`. */
export function becomeProgram(main: string, args: readonly string[]): void {
  // Absent on platforms that have no execve; set-up refuses those.
  if (!process.execve) throw new Failure('this Node.js has no execve', 'run "npm run setup" again');
  process.execve(
    process.execPath,
    [process.execPath, ...memoryFlags, join(rootDirectory, 'packages/agent/src', main), ...args],
    { ...memoryEnvironment, ...process.env },
  );
}
