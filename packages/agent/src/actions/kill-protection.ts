// SPDX-License-Identifier: Apache-2.0
// Whom no rule may strike: the agent, the processes it descends from, the first process, threads of
// the kernel; and groups that are the whole host or hold the agent itself.

import type { CgroupPlace } from '../context/cgroup-members.ts';
import type { ProcSource } from '../context/proc-source.ts';

/** One process, and nobody who has its pid later. */
export type KillTarget = {
  readonly pid: number;
  readonly startTicks: bigint;
  readonly isKernelThread: boolean;
};

/** Parents followed upwards; a chain of services is a tenth of it. */
const ancestorsMax = 64;
const firstPid = 1;

/** True for a group itself and for all groups below it. */
export function isWithin(place: CgroupPlace, group: CgroupPlace): boolean {
  if (place.hierarchy !== group.hierarchy) return false;
  return place.path === group.path || place.path.startsWith(`${group.path}/`);
}

export class KillProtection {
  /** The agent and its ancestors, with their start. */
  readonly #own = new Map<number, bigint>();
  readonly #agentGroup: CgroupPlace | null;

  /** Takes note of who is to be protected; `agentPid` as /proc shows it. */
  constructor(proc: Pick<ProcSource, 'readProcess'>, agentPid: number) {
    const agent = proc.readProcess(agentPid)?.process ?? null;
    this.#agentGroup = agent?.cgroup ?? null;
    let process = agent;
    while (process !== null && this.#own.size < ancestorsMax) {
      this.#own.set(process.pid, process.startTicks);
      process = process.ppid === 0 ? null : (proc.readProcess(process.ppid)?.process ?? null);
    }
  }

  isProtected({ pid, startTicks, isKernelThread }: KillTarget): boolean {
    return isKernelThread || pid === firstPid || this.#own.get(pid) === startTicks;
  }

  /** True for a group that must not be struck as a whole. */
  isProtectedGroup(group: CgroupPlace): boolean {
    if (group.path === '/') return true;
    return this.#agentGroup !== null && isWithin(this.#agentGroup, group);
  }
}
