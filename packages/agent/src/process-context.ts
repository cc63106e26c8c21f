// SPDX-License-Identifier: Apache-2.0
// The process context on a real host: /proc, its files of names, and a clock that never goes back.

import { type Cgroup, CgroupCache, type CgroupKey } from './context/cgroup-cache.ts';
import { NodeNameFiles } from './context/name-files.ts';
import { NodeProcSource } from './context/node-proc-source.ts';
import type { ProcSource } from './context/proc-source.ts';
import { ProcessCache } from './context/process-cache.ts';
import { type SnapshotReport, snapshotProcesses } from './context/process-snapshot.ts';
import { UserNames } from './context/user-names.ts';

export type ProcessContext = {
  readonly processes: ProcessCache;
  readonly names: UserNames;
  readonly proc: ProcSource;
  /** Adds the processes that were there before the hooks. */
  readonly takeSnapshot: () => SnapshotReport;
};

export type ProcessContextParts = {
  readonly proc: ProcSource;
  readonly clock: { readonly nowMs: () => number };
  /** Hears of each control group that a record told of. */
  readonly tellCgroup: (key: CgroupKey, group: Cgroup) => void;
};

/** Makes the context of this host; a recording looks at what its parts are asked. */
export function createProcessContext(parts: Partial<ProcessContextParts> = {}): ProcessContext {
  const { proc = new NodeProcSource(), clock = { nowMs: () => performance.now() } } = parts;
  const { tellCgroup = () => undefined } = parts;
  const processes = new ProcessCache({ proc, cgroups: new CgroupCache(), clock, tellCgroup });
  const names = new UserNames({ files: new NodeNameFiles(), clock, processes });
  return { processes, names, proc, takeSnapshot: () => snapshotProcesses(processes, proc) };
}
