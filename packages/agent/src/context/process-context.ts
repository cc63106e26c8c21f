// SPDX-License-Identifier: Apache-2.0
// Everything that says who did it, put together over the real /proc.

import { CgroupCache } from './cgroup-cache.ts';
import { NodeNameFiles } from './name-files.ts';
import { NodeProcSource } from './node-proc-source.ts';
import { ProcessCache } from './process-cache.ts';
import { type SnapshotReport, snapshotProcesses } from './process-snapshot.ts';
import { UserNames } from './user-names.ts';

export type ProcessContext = {
  readonly processes: ProcessCache;
  readonly names: UserNames;
  /** Reads the processes that are there already; hooks must be attached before. */
  readonly takeSnapshot: () => SnapshotReport;
};

/** Makes an empty context. */
export function createProcessContext(): ProcessContext {
  const clock = { nowMs: () => performance.now() };
  const proc = new NodeProcSource();
  const processes = new ProcessCache({ proc, cgroups: new CgroupCache(), clock });
  const names = new UserNames({ files: new NodeNameFiles(), clock, processes });
  return { processes, names, takeSnapshot: () => snapshotProcesses(processes, proc) };
}
