// SPDX-License-Identifier: Apache-2.0
// What /proc shows of a process in the form that records have.

import type { ProcessFacts } from '@fimbul/probe';
import { type Image, unknownImage } from './image.ts';
import { type ProcProcess, tickNs } from './proc-source.ts';

/** Nanoseconds at which a tick begins. */
export function ticksToNs(ticks: bigint): bigint {
  return ticks * tickNs;
}

/** The tick that a time lies in. */
export function nsToTicks(ns: bigint): bigint {
  return ns / tickNs;
}

export function factsFromProc(process: ProcProcess): ProcessFacts {
  return {
    pid: process.pid,
    tid: process.pid,
    ppid: process.ppid,
    startTimeNs: ticksToNs(process.startTicks),
    ...process.credentials,
    mountNamespace: process.mountNamespace,
    networkNamespace: process.networkNamespace,
    pidNamespace: process.pidNamespace,
    cgroupId: process.cgroup?.id ?? 0n,
    cgroupHierarchy: process.cgroup?.hierarchy ?? 0,
    isKernelThread: process.isKernelThread,
    comm: process.comm,
  };
}

export function imageFromProc(process: ProcProcess): Image {
  if (process.isKernelThread) return unknownImage;
  return {
    source: 'proc',
    executable: process.executable,
    script: process.script,
    argv: process.argv,
    argumentsTruncated: process.argumentsTruncated,
    terminal: process.terminal,
    startedAtNs: ticksToNs(process.startTicks),
  };
}
