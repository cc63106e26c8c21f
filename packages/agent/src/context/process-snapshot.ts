// SPDX-License-Identifier: Apache-2.0
// The processes that were there before the agent. Hooks are attached first, so that nothing falls
// between; what records told in the meantime is never overwritten. Parents go in before their
// children, because a lineage is made of what is known when a process is added.

import type { ProcRead, ProcSource } from './proc-source.ts';
import type { ProcessCache } from './process-cache.ts';

export type SnapshotReport = {
  /** False when /proc shows the pids of another namespace: nothing was read then. */
  readonly isPossible: boolean;
  readonly inserted: number;
  /** Processes that records had told of before. */
  readonly known: number;
  /** Processes that ended while they were read. */
  readonly ended: number;
};

/** Walks /proc once and fills the cache. */
export function snapshotProcesses(cache: ProcessCache, proc: ProcSource): SnapshotReport {
  if (!proc.showsAllProcesses()) return { isPossible: false, inserted: 0, known: 0, ended: 0 };
  const reads = new Map<number, ProcRead>();
  let ended = 0;
  for (const pid of proc.listPids()) {
    const read = proc.readProcess(pid);
    if (read === null || read.process.isZombie) ended += 1;
    else reads.set(pid, read);
  }
  let inserted = 0;
  for (const read of orderParentsFirst(reads)) {
    if (cache.insertRead(read)) inserted += 1;
  }
  return { isPossible: true, inserted, known: reads.size - inserted, ended };
}

function orderParentsFirst(reads: ReadonlyMap<number, ProcRead>): ProcRead[] {
  const ordered: ProcRead[] = [];
  const placed = new Set<number>();
  for (const pid of reads.keys()) {
    // Upwards until someone who has a place; a pid used again could make a circle of parents.
    const path: ProcRead[] = [];
    let next = reads.get(pid);
    while (next !== undefined && !placed.has(next.process.pid)) {
      placed.add(next.process.pid);
      path.push(next);
      next = reads.get(next.process.ppid);
    }
    ordered.push(...path.reverse());
  }
  return ordered;
}
