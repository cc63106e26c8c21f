// SPDX-License-Identifier: Apache-2.0
// Who did it, as the header of every record tells (struct process_facts).

import { recordHeaderOffsets } from '@fimbul/schema';
import type { RecordView } from './record-view.ts';

const offsets = recordHeaderOffsets.process;

/** Ids are those of the initial namespaces; strings are byte strings. */
export type ProcessFacts = {
  readonly pid: number;
  readonly tid: number;
  readonly ppid: number;
  /** Start of the thread group leader in nanoseconds of CLOCK_BOOTTIME; with pid, an identity. */
  readonly startTimeNs: bigint;
  readonly uid: number;
  readonly gid: number;
  readonly euid: number;
  readonly egid: number;
  readonly fsuid: number;
  readonly fsgid: number;
  /** Login user; 0xffffffff when not set. */
  readonly auid: number;
  readonly capEffective: bigint;
  readonly capPermitted: bigint;
  readonly mountNamespace: number;
  readonly networkNamespace: number;
  readonly pidNamespace: number;
  readonly cgroupId: bigint;
  readonly cgroupHierarchy: number;
  readonly isKernelThread: boolean;
  readonly comm: string;
};

export function readProcessFacts(record: RecordView): ProcessFacts {
  return {
    pid: record.getU32(offsets.pid),
    tid: record.getU32(offsets.tid),
    ppid: record.getU32(offsets.ppid),
    startTimeNs: record.getU64(offsets.startTimeNs),
    uid: record.getU32(offsets.uid),
    gid: record.getU32(offsets.gid),
    euid: record.getU32(offsets.euid),
    egid: record.getU32(offsets.egid),
    fsuid: record.getU32(offsets.fsuid),
    fsgid: record.getU32(offsets.fsgid),
    auid: record.getU32(offsets.auid),
    capEffective: record.getU64(offsets.capEffective),
    capPermitted: record.getU64(offsets.capPermitted),
    mountNamespace: record.getU32(offsets.mountNamespace),
    networkNamespace: record.getU32(offsets.networkNamespace),
    pidNamespace: record.getU32(offsets.pidNamespace),
    cgroupId: record.getU64(offsets.cgroupId),
    cgroupHierarchy: record.getU32(offsets.cgroupHierarchy),
    isKernelThread: record.getU32(offsets.isKernelThread) !== 0,
    comm: record.getShortText(offsets.comm),
  };
}
