// SPDX-License-Identifier: Apache-2.0
// The small C programs that do to files what tests watch. They are gone within a millisecond,
// check every call they make, and are linked statically so that a bare container can run them.

import { fileURLToPath } from 'node:url';
import { runOrFail } from './child.ts';
import type { Workspace } from './workspace.ts';

export type ProgramName = 'append' | 'brood' | 'paced' | 'storm';

/** Compiles a program into the workspace and returns its path. */
export async function compileProgram(workspace: Workspace, name: ProgramName): Promise<string> {
  const source = fileURLToPath(new URL(`../programs/${name}.c`, import.meta.url));
  const path = workspace.path(name);
  await runOrFail('clang', ['-O1', '-Wall', '-Wextra', '-Werror', '-static', '-o', path, source]);
  return path;
}
