// SPDX-License-Identifier: Apache-2.0
// The real /proc. Reads are synchronous: they are few, and an answer that came later would be about
// a process that had moved on.

import { readdirSync } from 'node:fs';
import type { HostNamespaces } from '@fimbul/probe';
import { contextLimits } from './limits.ts';
import { type Mount, parseMountTable } from './mount-table.ts';
import { chooseCgroup, findCgroupDirectory } from './proc-cgroup.ts';
import { findStats, readExecutable } from './proc-executable.ts';
import { readNamespace, readProcFile } from './proc-files.ts';
import { findScript } from './proc-script.ts';
import {
  type ProcCgroup,
  type ProcCredentials,
  type ProcProcess,
  type ProcRead,
  type ProcSource,
  tickNs,
} from './proc-source.ts';
import {
  type ProcStat,
  type ProcStatus,
  parseCmdline,
  parseProcStat,
  parseProcStatus,
} from './proc-stat.ts';
import { TerminalNames } from './terminal-names.ts';

/** The number of the initial pid namespace, fixed in the kernel (PROC_PID_INIT_INO). */
const initialPidNamespace = 0xeffffffc;

const auidUnset = 0xffffffff;

export class NodeProcSource implements ProcSource {
  readonly #terminals = new TerminalNames(readProcFile('/proc/tty/drivers') ?? '');
  readonly #mounts = new Map<number, Mount>();
  #ownMounts: readonly Mount[] = [];

  constructor() {
    this.#ownMounts = this.#readMounts('/proc/self');
  }

  listPids(): number[] {
    return readdirSync('/proc')
      .filter((name) => /^[1-9][0-9]*$/.test(name))
      .map(Number);
  }

  readProcess(pid: number): ProcRead | null {
    const startNs = this.readBootTimeNs();
    const process = this.#readProcess(pid);
    if (process === null) return null;
    return { process, window: { startNs, endNs: this.readBootTimeNs() + tickNs } };
  }

  #readProcess(pid: number): ProcProcess | null {
    const stat = readStat(pid);
    if (stat === null) return null;
    const directory = findLivingThread(pid, stat);
    const status = parseProcStatus(readProcFile(`${directory}/status`) ?? '');
    if (status === null) return null;
    const cmdline = readProcFile(`${directory}/cmdline`, contextLimits.argumentBytesMax + 1) ?? '';
    const { argv, isTruncated } = parseCmdline(cmdline, contextLimits.argumentBytesMax);
    const executable = stat.isKernelThread ? null : this.#readExecutable(directory);
    const process: ProcProcess = {
      pid,
      ppid: stat.ppid,
      startTicks: stat.startTicks,
      comm: stat.comm,
      isKernelThread: stat.isKernelThread,
      isForkCopy: stat.isForkCopy,
      isZombie: isEnded(stat) && directory === `/proc/${pid}`,
      terminal: this.#terminals.find(stat.terminal),
      credentials: readCredentials(directory, status),
      mountNamespace: readNamespace(`${directory}/ns/mnt`),
      networkNamespace: readNamespace(`${directory}/ns/net`),
      pidNamespace: readNamespace(`${directory}/ns/pid`),
      executable,
      script: executable === null ? null : findScript(directory, stat.comm, argv),
      argv,
      argumentsTruncated: isTruncated,
      cgroup: this.#readCgroup(directory),
    };
    // The pid may have passed to another process while its files were read.
    return this.readStartTicks(pid) === stat.startTicks ? process : null;
  }

  readStartTicks(pid: number): bigint | null {
    return readStat(pid)?.startTicks ?? null;
  }

  /** Nanoseconds of CLOCK_BOOTTIME, rounded down to a tick. */
  readBootTimeNs(): bigint {
    const [, seconds, hundredths] =
      /^(\d+)\.(\d\d) /.exec(readProcFile('/proc/uptime') ?? '') ?? [];
    if (seconds === undefined || hundredths === undefined) {
      throw new Error('read /proc/uptime: no time in it; mount proc on /proc');
    }
    return BigInt(seconds + hundredths) * tickNs;
  }

  readHostNamespaces(): HostNamespaces {
    // The first process may be closed to us; the first kernel thread stands where it started.
    const mount =
      readNamespace('/proc/1/ns/mnt') ||
      (readStat(2)?.isKernelThread === true ? readNamespace('/proc/2/ns/mnt') : 0);
    return { pid: initialPidNamespace, mount };
  }

  showsAllProcesses(): boolean {
    return readNamespace('/proc/self/ns/pid') === initialPidNamespace;
  }

  #readExecutable(directory: string): ProcProcess['executable'] {
    return readExecutable(directory, (id) => this.#findMount(id, directory));
  }

  /** Finds a mount by its number, which no other mount of the host has at the time. */
  #findMount(id: number, directory: string): Mount | null {
    const known = this.#mounts.get(id);
    if (known !== undefined) return known;
    this.#readMounts(directory);
    return this.#mounts.get(id) ?? null;
  }

  #readMounts(directory: string): readonly Mount[] {
    const mounts = parseMountTable(readProcFile(`${directory}/mountinfo`) ?? '');
    if (this.#mounts.size > contextLimits.mountsMax) this.#mounts.clear();
    for (const mount of mounts) this.#mounts.set(mount.id, mount);
    return mounts;
  }

  #readCgroup(directory: string): ProcCgroup | null {
    const membership = chooseCgroup(readProcFile(`${directory}/cgroup`) ?? '');
    if (membership === null) return null;
    const { hierarchy, path } = membership;
    const group = findCgroupDirectory(membership, this.#ownMounts);
    const id = group === null ? 0n : (findStats(group)?.ino ?? 0n);
    return { hierarchy, id, path };
  }
}

function readStat(pid: number): ProcStat | null {
  const text = readProcFile(`/proc/${pid}/stat`);
  return text === null ? null : parseProcStat(text);
}

function isEnded({ state }: ProcStat): boolean {
  return state === 'Z' || state === 'X';
}

/** A process whose first thread has ended shows what it is only through another thread. */
function findLivingThread(pid: number, stat: ProcStat): string {
  if (!isEnded(stat) || stat.threads < 2) return `/proc/${pid}`;
  const threads = listThreads(pid);
  const living = threads.find((tid) => {
    const thread = parseProcStat(readProcFile(`/proc/${pid}/task/${tid}/stat`) ?? '');
    return thread !== null && !isEnded(thread);
  });
  return living === undefined ? `/proc/${pid}` : `/proc/${pid}/task/${living}`;
}

function listThreads(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function readCredentials(directory: string, status: ProcStatus): ProcCredentials {
  // The file is missing where the kernel has no audit.
  const loginuid = readProcFile(`${directory}/loginuid`) ?? '';
  return { ...status, auid: /^\d+$/.test(loginuid) ? Number(loginuid) : auidUnset };
}
