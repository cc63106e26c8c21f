// SPDX-License-Identifier: Apache-2.0
// Records, processes of /proc and a fake /proc for the tests of this folder: everything has a
// plain value unless a test says otherwise.

import type {
  CgroupRecord,
  ExecRecord,
  ExitRecord,
  FileFacts,
  ForkRecord,
  HostNamespaces,
  ProcessFacts,
} from '@fimbul/probe';
import { CgroupCache } from './cgroup-cache.ts';
import { type ProcProcess, type ProcRead, type ProcSource, tickNs } from './proc-source.ts';
import { ProcessCache } from './process-cache.ts';

export const hostNamespaces: HostNamespaces = { pid: 1000, mount: 2000 };

export function makeFacts(changes: Partial<ProcessFacts> = {}): ProcessFacts {
  const pid = changes.pid ?? 100;
  return {
    pid,
    tid: pid,
    ppid: 1,
    startTimeNs: startOf(pid),
    uid: 0,
    gid: 0,
    euid: 0,
    egid: 0,
    fsuid: 0,
    fsgid: 0,
    auid: 0xffffffff,
    capEffective: 0n,
    capPermitted: 0n,
    mountNamespace: hostNamespaces.mount,
    networkNamespace: 3000,
    pidNamespace: hostNamespaces.pid,
    cgroupId: 1n,
    cgroupHierarchy: 0,
    isKernelThread: false,
    comm: 'comm',
    ...changes,
  };
}

/** The start that samples give to a process, in the middle of its tick. */
export function startOf(pid: number): bigint {
  return BigInt(pid) * tickNs + 1234n;
}

export function makeFile(path: string, changes: Partial<FileFacts> = {}): FileFacts {
  return {
    path,
    pathSource: 'kernel',
    pathFlags: 0,
    inode: BigInt(path.length),
    device: 1,
    mountId: 1,
    mode: 0o100755,
    uid: 0,
    gid: 0,
    changeTimeNs: 0n,
    modificationTimeNs: 0n,
    filesystem: 'ext4',
    ...changes,
  };
}

export function makeFork(
  creator: Pick<ProcessFacts, 'pid' | 'startTimeNs'>,
  child: Partial<ProcessFacts> & { readonly pid: number },
  timestampNs = 0n,
): ForkRecord {
  return {
    kind: 'fork',
    timestampNs,
    process: makeFacts({ ppid: creator.pid, ...child }),
    creatorPid: creator.pid,
    creatorStartTimeNs: creator.startTimeNs,
  };
}

export function makeExec(
  process: Partial<ProcessFacts> & { readonly pid: number },
  path: string,
  changes: Partial<ExecRecord> = {},
): ExecRecord {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return {
    kind: 'exec',
    timestampNs: 0n,
    process: makeFacts({ comm: name.slice(0, 15), ...process }),
    file: makeFile(path),
    script: null,
    argv: [name],
    argumentsTruncated: false,
    terminal: '',
    ...changes,
  };
}

export function makeExit(
  process: Partial<ProcessFacts> & { readonly pid: number },
  status = 0,
  timestampNs = 0n,
): ExitRecord {
  return { kind: 'exit', timestampNs, process: makeFacts(process), status };
}

export function makeCgroupRecord(id: bigint, path: string, hierarchy = 0): CgroupRecord {
  const process = makeFacts({ cgroupId: id, cgroupHierarchy: hierarchy });
  return { kind: 'cgroup', timestampNs: 0n, process, path };
}

export function makeProcess(pid: number, changes: Partial<ProcProcess> = {}): ProcProcess {
  const { uid, gid, euid, egid, fsuid, fsgid, auid, capEffective, capPermitted } = makeFacts();
  return {
    pid,
    ppid: 1,
    startTicks: startOf(pid) / tickNs,
    comm: 'comm',
    isKernelThread: false,
    isForkCopy: false,
    isZombie: false,
    terminal: '',
    credentials: {
      uid,
      gid,
      euid,
      egid,
      fsuid,
      fsgid,
      auid,
      capEffective,
      capPermitted,
    },
    mountNamespace: hostNamespaces.mount,
    networkNamespace: 3000,
    pidNamespace: hostNamespaces.pid,
    executable: makeFile('/proc/sample'),
    script: null,
    argv: ['sample'],
    argumentsTruncated: false,
    cgroup: { hierarchy: 0, id: 1n, path: '/' },
    ...changes,
  };
}

/** A /proc that a test fills. */
export class FakeProcSource implements ProcSource {
  readonly processes = new Map<number, ProcProcess>();
  bootTimeNs = 0n;
  showsAll = true;
  reads = 0;

  add(...processes: readonly ProcProcess[]): this {
    for (const process of processes) this.processes.set(process.pid, process);
    return this;
  }

  listPids(): number[] {
    return [...this.processes.keys()];
  }

  readProcess(pid: number): ProcRead | null {
    this.reads += 1;
    const process = this.processes.get(pid);
    if (process === undefined) return null;
    const window = { startNs: this.bootTimeNs, endNs: this.bootTimeNs + tickNs };
    return { process, window };
  }

  readStartTicks(pid: number): bigint | null {
    return this.processes.get(pid)?.startTicks ?? null;
  }

  readHostNamespaces(): HostNamespaces {
    return hostNamespaces;
  }

  showsAllProcesses(): boolean {
    return this.showsAll;
  }
}

/** A cache over a fake /proc, with a clock that a test moves. */
export function makeCache(proc = new FakeProcSource()): {
  cache: ProcessCache;
  proc: FakeProcSource;
  clock: { ms: number; nowMs: () => number };
} {
  const clock = { ms: 0, nowMs: (): number => clock.ms };
  const cache = new ProcessCache({ proc, cgroups: new CgroupCache(), clock });
  cache.applyCgroup(makeCgroupRecord(1n, '/'));
  return { cache, proc, clock };
}
