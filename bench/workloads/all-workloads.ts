// SPDX-License-Identifier: Apache-2.0
// The workloads that filters are measured with. One that this machine cannot do is told of and left
// out: without a network there are no packages, and the rest still counts.

import { compileProgram, type Workspace } from '../workspace.ts';
import { containerWorkload, makeLogWorkload, readWorkload } from './host.ts';
import { makeNpmWorkload } from './npm.ts';
import { makePackagesWorkload } from './packages.ts';
import { makeCompileWorkload, makeGitWorkload } from './source-tree.ts';
import type { PreparedWorkload, Workload } from './workload.ts';

/** All of them, or those that are named. */
export function listWorkloads(
  workspace: Workspace,
  names: readonly string[] = [],
): readonly Workload[] {
  const { directory } = workspace;
  const all = [
    makePackagesWorkload(directory),
    makeNpmWorkload(directory),
    makeCompileWorkload(directory),
    makeGitWorkload(directory),
    readWorkload,
    containerWorkload,
    makeLogWorkload(compileProgram(workspace, 'log_writer')),
  ];
  const unknown = names.filter((name) => !all.some((workload) => workload.name === name));
  if (unknown.length > 0) {
    const known = all.map(({ name }) => name).join(', ');
    throw new Error(`no workload ${unknown.join(', ')}; there are ${known}`);
  }
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

/** Runs one between two calls; `false` when it could not be done here. */
export async function runWorkload(
  workload: Workload,
  before: () => Promise<void>,
  after: () => Promise<void>,
): Promise<boolean> {
  let prepared: PreparedWorkload;
  try {
    prepared = await workload.prepare();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`bench: workload ${workload.name} is left out: ${reason}\n`);
    return false;
  }
  try {
    await before();
    await prepared.run();
    await after();
  } finally {
    await prepared.clean();
  }
  return true;
}
