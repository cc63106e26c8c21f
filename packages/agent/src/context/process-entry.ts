// SPDX-License-Identifier: Apache-2.0
// One process as it was at a moment. Entries are never changed: what a process does next makes a
// new one. So an ancestor keeps the image, ids and namespaces it had when it forked, an alert can
// hold an entry as long as it likes, and entries are shared instead of copied.

import type { ProcessFacts } from '@fimbul/probe';
import type { Cgroup } from './cgroup-cache.ts';
import type { Image } from './image.ts';
import type { Lineage } from './lineage.ts';

/**
 * When a process started, in nanoseconds of CLOCK_BOOTTIME. One object per process, shared by all
 * its entries: it tells which entries are the same process, and when a record brings the exact
 * value of a process that was read from /proc, all of them learn it.
 */
export type StartTime = {
  ns: bigint;
  /** False while only the tick of /proc is known: the start lies in the 10 ms from `ns` on. */
  isExact: boolean;
};

export type ProcessExit = {
  /** Status as wait(2) reports it. */
  readonly status: number;
  /** Nanoseconds of CLOCK_BOOTTIME. */
  readonly timestampNs: bigint;
};

export type ProcessEntry = {
  readonly pid: number;
  readonly startTime: StartTime;
  /**
   * Ids, capabilities, namespaces and command name as last seen. `tid` is always the pid, `comm`
   * the leader's, and `ppid` the real parent, which changes when the process is adopted.
   */
  readonly facts: ProcessFacts;
  readonly image: Image;
  /** False between fork and the first exec: the image is then the creator's. */
  readonly isExec: boolean;
  readonly lineage: Lineage;
  readonly cgroup: Cgroup;
  /** Identifier of the container the process runs in, or empty. */
  readonly containerId: string;
  /** Null while the process runs. */
  readonly exit: ProcessExit | null;
};

/** True when what the process runs and who created it are known. */
export function isComplete(entry: ProcessEntry): boolean {
  return isImageKnown(entry) && entry.lineage.source !== 'none';
}

/** Threads of the kernel run no file, so there is nothing more to know of their image. */
export function isImageKnown({ image, facts }: ProcessEntry): boolean {
  return image.source !== 'none' || facts.isKernelThread;
}

/** The nearest ancestor that is another process: what rules call `process.parent`. */
export function getParent(entry: ProcessEntry): ProcessEntry | null {
  let ancestor = entry.lineage.nearest;
  while (ancestor !== null && ancestor.startTime === entry.startTime) {
    ancestor = ancestor.lineage.nearest;
  }
  return ancestor;
}

/** The ancestors, nearest first: earlier images of the process, its creator, and so on. */
export function listAncestors(entry: ProcessEntry): ProcessEntry[] {
  const ancestors: ProcessEntry[] = [];
  let ancestor = entry.lineage.nearest;
  while (ancestor !== null) {
    ancestors.push(ancestor);
    ancestor = ancestor.lineage.nearest;
  }
  return ancestors;
}
