// SPDX-License-Identifier: Apache-2.0
// Becoming a program of the agent (execve): there is no parent left that could be killed and leave
// it behind, and signals reach who they are meant for.

import { join } from 'node:path';
import { Failure, rootDirectory } from '@fimbul/config';

/** Replaces this process; `main` is a file of the agent, such as `main.ts`. */
export function becomeProgram(main: string, args: readonly string[]): void {
  // Absent on platforms that have no execve; set-up refuses those.
  if (!process.execve) throw new Failure('this Node.js has no execve', 'run "npm run setup" again');
  process.execve(
    process.execPath,
    [process.execPath, join(rootDirectory, 'packages/agent/src', main), ...args],
    process.env as Record<string, string>,
  );
}
