// SPDX-License-Identifier: Apache-2.0
// The process context on a real host: /proc, its files of names, and a clock that never goes back.

import { CgroupCache } from './context/cgroup-cache.ts';
import { NodeNameFiles } from './context/name-files.ts';
import { NodeProcSource } from './context/node-proc-source.ts';
import { ProcessCache } from './context/process-cache.ts';
import { type SnapshotReport, snapshotProcesses } from './context/process-snapshot.ts';
import { UserNames } from './context/user-names.ts';

export type ProcessContext = {
  readonly processes: ProcessCache;
  readonly names: UserNames;
  /** Adds the processes that were there before the hooks. */
  readonly takeSnapshot: () => SnapshotReport;
};

export function createProcessContext(): ProcessContext {
  const proc = new NodeProcSource();
  const clock = { nowMs: () => performance.now() };
  const processes = new ProcessCache({ proc, cgroups: new CgroupCache(), clock });
  const names = new UserNames({ files: new NodeNameFiles(), clock, processes });
  return { processes, names, takeSnapshot: () => snapshotProcesses(processes, proc) };
}
