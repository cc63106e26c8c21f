// SPDX-License-Identifier: Apache-2.0
// `kill`: a signal to the process of an event, or to all in its container or control group. A group
// is struck again until it holds nobody new, since it may fork faster than it is listed. Everybody
// is known by pid and start, so that nobody is struck who only has the pid of one that is gone.

import { getSystemErrorName } from 'node:util';
import type { Native } from '@fimbul/probe';
import type { ActionScope, KillAction } from '@fimbul/rules/run';
import { unknownCgroup } from '../context/cgroup-cache.ts';
import type { CgroupMembers, CgroupPlace } from '../context/cgroup-members.ts';
import { getProgramFile } from '../context/image.ts';
import { nsToTicks } from '../context/proc-entry.ts';
import type { ProcSource } from '../context/proc-source.ts';
import type { ProcessCache } from '../context/process-cache.ts';
import type { ProcessEntry } from '../context/process-entry.ts';
import type { KillResult, KillStatus, Match } from '../engine/match.ts';
import type { KillDisarmer } from './kill-disarmer.ts';
import { isWithin, type KillProtection, type KillTarget } from './kill-protection.ts';

/** Lists of one group that are gone through; who forks faster than that is left over. */
const roundsMax = 32;
/** Processes of one group that are struck; more is no container. */
const targetsMax = 16_384;

export type Kill = (action: KillAction, match: Match) => KillResult;

export type KillerParts = {
  readonly native: Pick<Native, 'signalProcess'>;
  readonly processes: Pick<ProcessCache, 'listLive'>;
  readonly proc: Pick<ProcSource, 'readProcess' | 'readStartTicks' | 'showsAllProcesses'>;
  readonly members: Pick<CgroupMembers, 'list'>;
  readonly protection: KillProtection;
  readonly disarmer: KillDisarmer;
  /** Writes a line about the agent itself. */
  readonly writeStatus: (text: string) => void;
};

/** Makes the `kill` of an agent that may not: it says so, and does nothing. */
export function refuseToKill(status: 'not allowed' | 'replay'): Kill {
  return (action) => describe(action, status, 0);
}

function describe(action: KillAction, status: KillStatus, processes: number): KillResult {
  const { signalName, scope } = action;
  return { type: 'kill', signal: signalName, scope, status, processes };
}

/** What a signal to several processes came to, as far as one word can say it. */
class Tally {
  readonly #counts = new Map<KillStatus, number>();

  add(status: KillStatus): void {
    this.#counts.set(status, this.count(status) + 1);
  }

  count(status: KillStatus): number {
    return this.#counts.get(status) ?? 0;
  }

  get status(): KillStatus {
    if (this.count('sent') > 0) return 'sent';
    const refused = [...this.#counts.keys()].find((status) => status.startsWith('refused'));
    return refused ?? (this.count('protected') > 0 ? 'protected' : 'gone');
  }
}

/** The group of a container as a whole: a container may make groups inside of its own. */
function findContainerGroup({ cgroup, containerId, facts }: ProcessEntry): CgroupPlace | null {
  const components = cgroup.path.split('/');
  const index = components.findLastIndex((component) => component.includes(containerId));
  if (index < 0) return null;
  return { hierarchy: facts.cgroupHierarchy, path: components.slice(0, index + 1).join('/') };
}

function getPlace({ cgroup, facts }: ProcessEntry): CgroupPlace {
  return { hierarchy: facts.cgroupHierarchy, path: cgroup.path };
}

function toTarget({ pid, startTime, facts }: ProcessEntry): KillTarget {
  const { isKernelThread } = facts;
  return { pid, startTicks: nsToTicks(startTime.ns), isKernelThread };
}

export class Killer {
  readonly #parts: KillerParts;

  constructor(parts: KillerParts) {
    this.#parts = parts;
  }

  /** Does what a match asks for, and tells what came of it. */
  kill(action: KillAction, match: Match): KillResult {
    const { disarmer, proc } = this.#parts;
    const { entry } = match.event.subject;
    if (disarmer.isDisarmed(match.rule.group)) return describe(action, 'disarmed', 0);
    if (!proc.showsAllProcesses()) return describe(action, 'refused: other pid namespace', 0);
    const obstacle = this.#findObstacle(action.scope, entry);
    if (obstacle !== null) return describe(action, obstacle, 0);
    if (this.#isDisarmedBy(action, match)) return describe(action, 'disarmed', 0);
    const tally = new Tally();
    if (action.scope === 'process') tally.add(this.#strike(toTarget(entry), action));
    else this.#strikeGroup(action, entry, tally);
    return describe(action, tally.status, tally.count('sent'));
  }

  #findObstacle(scope: ActionScope, entry: ProcessEntry): KillStatus | null {
    const { protection } = this.#parts;
    switch (scope) {
      case 'process':
        return protection.isProtected(toTarget(entry)) ? 'protected' : null;
      case 'container': {
        if (entry.containerId === '') return 'no container';
        const group = findContainerGroup(entry);
        return group !== null && protection.isProtectedGroup(group) ? 'protected' : null;
      }
      case 'cgroup':
        if (entry.cgroup === unknownCgroup) return 'no control group';
        return protection.isProtectedGroup(getPlace(entry)) ? 'protected' : null;
    }
  }

  #isDisarmedBy(action: KillAction, { rule, event, timeNs }: Match): boolean {
    const { disarmer, writeStatus } = this.#parts;
    const { entry } = event.subject;
    const strike = {
      group: rule.group,
      containerId: entry.containerId,
      executable: getProgramFile(entry.image)?.path ?? '',
      timeNs,
    };
    const reason = disarmer.note(strike, action);
    if (reason === null) return false;
    writeStatus(
      `fimbul: kill: rule ${rule.id} is disarmed: it struck too many ${reason} in a short time\n` +
        '  → correct the rule and start again; actions.kill_disarmer of fimbul.yaml has limits\n',
    );
    return true;
  }

  #strike(target: KillTarget, { signal }: KillAction): KillStatus {
    const { native, protection } = this.#parts;
    if (protection.isProtected(target)) return 'protected';
    const errno = native.signalProcess(target.pid, target.startTicks, signal);
    if (errno === 0) return 'sent';
    const name = getSystemErrorName(-errno);
    return name === 'ESRCH' ? 'gone' : `refused: ${name}`;
  }

  #strikeGroup(action: KillAction, entry: ProcessEntry, tally: Tally): void {
    const group = action.scope === 'container' ? findContainerGroup(entry) : getPlace(entry);
    const struck = new Set<string>();
    const strike = (target: KillTarget): boolean => {
      const key = `${target.pid}:${target.startTicks}`;
      if (struck.has(key) || struck.size >= targetsMax) return false;
      struck.add(key);
      tally.add(this.#strike(target, action));
      return true;
    };
    for (const member of this.#listKnown(action.scope, entry)) strike(toTarget(member));
    for (let round = 0; group !== null && round < roundsMax; round += 1) {
      const isNew = this.#listPresent(group, struck).map(strike);
      if (!isNew.includes(true)) return;
    }
  }

  /** Those that records told to be there. */
  #listKnown(scope: ActionScope, { containerId, ...entry }: ProcessEntry): ProcessEntry[] {
    const group = getPlace({ containerId, ...entry });
    const isMember = (other: ProcessEntry): boolean =>
      scope === 'container'
        ? other.containerId === containerId
        : other.cgroup !== unknownCgroup && isWithin(getPlace(other), group);
    return [...this.#parts.processes.listLive()].filter(isMember);
  }

  /** Those that the group itself lists and that are still in it when looked at. */
  #listPresent(group: CgroupPlace, struck: ReadonlySet<string>): KillTarget[] {
    const { members, proc } = this.#parts;
    return members.list(group).flatMap((pid) => {
      if (struck.has(`${pid}:${proc.readStartTicks(pid)}`)) return [];
      const process = proc.readProcess(pid)?.process;
      if (process === undefined || process.cgroup === null) return [];
      return isWithin(process.cgroup, group) ? [process] : [];
    });
  }
}
