// SPDX-License-Identifier: Apache-2.0
// What the process cache asks of /proc. The cache decides when to ask and what to believe; a source
// only reads, says null for what is gone or refused, and never throws.

import type { FileFacts, HostNamespaces } from '@fimbul/probe';

/** Ticks of /proc's times (USER_HZ), the same on all architectures that Fimbul runs on. */
export const tickNs = 10_000_000n;

/** One process as /proc shows it. Strings are byte strings. */
export type ProcProcess = {
  readonly pid: number;
  readonly ppid: number;
  /** In ticks since boot. */
  readonly startTicks: bigint;
  readonly comm: string;
  readonly isKernelThread: boolean;
  /** True while the process has not executed a program since it was forked. */
  readonly isForkCopy: boolean;
  /** True for what has ended and waits for its parent to take note. */
  readonly isZombie: boolean;
  readonly terminal: string;
  readonly credentials: ProcCredentials;
  /** Zero where they could not be read. */
  readonly mountNamespace: number;
  readonly networkNamespace: number;
  readonly pidNamespace: number;
  readonly executable: FileFacts | null;
  readonly script: FileFacts | null;
  readonly argv: readonly string[];
  readonly argumentsTruncated: boolean;
  /** The group that the kernel's records would name; null when it could not be read. */
  readonly cgroup: ProcCgroup | null;
};

/** When a process was read from /proc, in nanoseconds of CLOCK_BOOTTIME. */
export type ReadWindow = { readonly startNs: bigint; readonly endNs: bigint };

export type ProcRead = { readonly process: ProcProcess; readonly window: ReadWindow };

export type ProcCredentials = {
  readonly uid: number;
  readonly gid: number;
  readonly euid: number;
  readonly egid: number;
  readonly fsuid: number;
  readonly fsgid: number;
  readonly auid: number;
  readonly capEffective: bigint;
  readonly capPermitted: bigint;
};

export type ProcCgroup = {
  readonly hierarchy: number;
  /** Zero when the directory of the group is not to be seen from here. */
  readonly id: bigint;
  readonly path: string;
};

export interface ProcSource {
  /** Lists the ids of all processes. */
  listPids(): number[];
  /** Reads a process, and tells when that was; null when there is none. */
  readProcess(pid: number): ProcRead | null;
  /** Reads only when a process started, in ticks since boot; null when there is none. */
  readStartTicks(pid: number): bigint | null;
  /** The namespaces of the host, as far as they can be told from here. */
  readHostNamespaces(): HostNamespaces;
  /** False when the pids of this /proc are not those of the kernel's records. */
  showsAllProcesses(): boolean;
}
