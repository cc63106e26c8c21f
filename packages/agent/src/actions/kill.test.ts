// SPDX-License-Identifier: Apache-2.0
// Who is struck by a kill, and who never is. Signals go into a list here.

import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, it } from 'node:test';
import { type CompiledRule, compilePolicies, type KillAction } from '@fimbul/rules';
import type { StructValues } from '@fimbul/schema';
import { nsToTicks } from '../context/proc-entry.ts';
import type { ProcProcess } from '../context/proc-source.ts';
import type { ProcessCache } from '../context/process-cache.ts';
import {
  FakeProcSource,
  makeCache,
  makeCgroupRecord,
  makeExec,
  makeProcess,
  startOf,
} from '../context/record-samples.ts';
import { makeEvent, makeHeader } from '../engine/event-samples.ts';
import { type KillResult, type Match, nothingSuppressed } from '../engine/match.ts';
import { Killer, refuseToKill } from './kill.ts';
import { KillDisarmer } from './kill-disarmer.ts';
import { KillProtection } from './kill-protection.ts';

const { EPERM, ESRCH } = constants.errno;
const agentPid = 90;
const group = { hierarchy: 0, id: 5n, path: '/docker/ID' };
const containerId = 'a'.repeat(64);

const [rule] = compilePolicies([
  { path: 'p', text: `rules:\n  - { id: killer, expression: 'open.file.name == "x"' }` },
]).rules as [CompiledRule];

function makeAction(changes: Partial<KillAction> = {}): KillAction {
  return {
    ...{ kind: 'kill', signal: 9, signalName: 'SIGKILL', scope: 'process' },
    ...{ disableContainerDisarmer: false, disableExecutableDisarmer: false, ...changes },
  };
}

type Host = {
  readonly cache: ProcessCache;
  readonly proc: FakeProcSource;
  /** Processes that a group lists, each time it is asked. */
  readonly lists: (readonly number[])[];
  readonly signals: string[];
  readonly status: string[];
  /** What the kernel answers, where it is not 0. */
  readonly answers: Map<number, number>;
  readonly kill: (pid: number, changes?: Partial<KillAction>, header?: StructValues) => KillResult;
};

/** A host with an agent, pid 90, below 80 and 1. */
function makeHost(): Host {
  const proc = new FakeProcSource().add(
    makeProcess(1, { ppid: 0 }),
    makeProcess(80, { cgroup: { hierarchy: 0, id: 2n, path: '/agents' } }),
    makeProcess(agentPid, { ppid: 80, cgroup: { hierarchy: 0, id: 2n, path: '/agents/own' } }),
  );
  const { cache } = makeCache(proc);
  cache.applyCgroup(makeCgroupRecord(5n, `/docker/${containerId}`));
  cache.applyCgroup(makeCgroupRecord(6n, `/docker/${containerId}/inner`));
  cache.applyCgroup(makeCgroupRecord(7n, '/agents'));
  cache.applyCgroup(makeCgroupRecord(8n, '/session'));
  const lists: number[][] = [];
  const signals: string[] = [];
  const status: string[] = [];
  const answers = new Map<number, number>();
  const killer = new Killer({
    native: {
      signalProcess: (pid, startTicks, signal) => {
        signals.push(`${pid}@${startTicks}:${signal}`);
        return answers.get(pid) ?? 0;
      },
    },
    processes: cache,
    proc,
    members: { list: () => lists.shift() ?? [] },
    protection: new KillProtection(proc, agentPid),
    disarmer: new KillDisarmer({ containers: 2, executables: 2, periodMs: 60_000 }),
    writeStatus: (text) => void status.push(text),
  });
  const kill: Host['kill'] = (pid, changes = {}, header = {}) =>
    killer.kill(makeAction(changes), makeMatch(cache, pid, header));
  return { cache, proc, lists, signals, status, answers, kill };
}

function makeMatch(cache: ProcessCache, pid: number, header: StructValues): Match {
  const event = makeEvent('open', { header: makeHeader(pid, header) }, cache);
  return {
    ...{ rule, event, eventId: 'e', timeNs: 0n, outcome: 'alert', suppressed: nothingSuppressed },
    ...{ actions: [], results: [], variables: [] },
  };
}

function sent(pid: number, signal = 9): string {
  return `${pid}@${nsToTicks(startOf(pid))}:${signal}`;
}

function inGroup(pid: number, path = `/docker/${containerId}`): ProcProcess {
  return makeProcess(pid, { cgroup: { ...group, path } });
}

describe('a process', () => {
  it('is signalled as the one that it is, by its start', () => {
    const { kill, signals } = makeHost();
    const result = kill(100, { signal: 15, signalName: 'SIGTERM' });
    assert.deepEqual(signals, [sent(100, 15)]);
    assert.deepEqual(result, {
      ...{ type: 'kill', signal: 'SIGTERM', scope: 'process', status: 'sent', processes: 1 },
    });
  });

  it('that has ended, or that the kernel keeps from us, is told as such', () => {
    const { kill, answers } = makeHost();
    answers.set(100, ESRCH).set(101, EPERM);
    assert.equal(kill(100).status, 'gone');
    assert.equal(kill(101).status, 'refused: EPERM');
    assert.equal(kill(101).processes, 0);
  });
});

describe('nobody strikes', () => {
  it('the agent, those it descends from, the first process, threads of the kernel', () => {
    const { kill, signals } = makeHost();
    for (const pid of [agentPid, 80, 1]) assert.equal(kill(pid).status, 'protected', String(pid));
    assert.equal(kill(50, {}, { is_kernel_thread: 1 }).status, 'protected');
    assert.deepEqual(signals, []);
  });

  it('but who has the pid of such a process after it is no exception', () => {
    const { kill, signals } = makeHost();
    const later = startOf(agentPid) + 50_000_000_000n;
    assert.equal(kill(agentPid, {}, { start_time_ns: later }).status, 'sent');
    assert.deepEqual(signals, [`${agentPid}@${nsToTicks(later)}:9`]);
  });

  it('the whole host, the group of the agent, or one above it', () => {
    const { kill, signals } = makeHost();
    assert.equal(kill(100, { scope: 'cgroup' }, { cgroup_id: 1n }).status, 'protected');
    assert.equal(kill(100, { scope: 'cgroup' }, { cgroup_id: 7n }).status, 'protected');
    assert.deepEqual(signals, []);
  });

  it('where pids are those of another namespace', () => {
    const { kill, signals, proc } = makeHost();
    proc.showsAll = false;
    assert.equal(kill(100).status, 'refused: other pid namespace');
    assert.deepEqual(signals, []);
  });
});

describe('a container', () => {
  it('is struck whole: those that records told of, and those that it lists', () => {
    const { cache, kill, signals, proc, lists } = makeHost();
    cache.applyExec(makeExec({ pid: 101, cgroupId: 6n }, '/bin/a'));
    cache.applyExec(makeExec({ pid: 102, cgroupId: 8n }, '/bin/b'));
    proc.add(inGroup(100), inGroup(103), inGroup(104, '/elsewhere'));
    lists.push([100, 101, 103, 104, 105]);
    const result = kill(100, { scope: 'container' }, { cgroup_id: 5n });
    assert.deepEqual(signals.toSorted(), [sent(100), sent(101), sent(103)]);
    assert.equal(result.status, 'sent');
    assert.equal(result.processes, 3);
  });

  it('is struck again until it lists nobody new', () => {
    const { kill, signals, proc, lists } = makeHost();
    proc.add(inGroup(100), inGroup(101), inGroup(102), inGroup(103));
    lists.push([100, 101], [101, 102], [102], [103]);
    kill(100, { scope: 'container' }, { cgroup_id: 5n });
    assert.deepEqual(signals, [sent(100), sent(101), sent(102)]);
  });

  it('that forks without end does not hold the agent', () => {
    const { kill, signals, proc, lists } = makeHost();
    for (let pid = 200; pid < 400; pid += 1) {
      proc.add(inGroup(pid));
      lists.push([pid]);
    }
    kill(100, { scope: 'container' }, { cgroup_id: 5n });
    assert.ok(signals.length < 50);
  });

  it('that is none does nothing, and says so', () => {
    const { kill, signals } = makeHost();
    assert.equal(kill(100, { scope: 'container' }, { cgroup_id: 8n }).status, 'no container');
    assert.deepEqual(signals, []);
  });
});

describe('a control group', () => {
  it('is struck with the groups below it, and not the one whose name begins like it', () => {
    const { cache, kill, signals, lists, proc } = makeHost();
    cache.applyCgroup(makeCgroupRecord(9n, '/session/below'));
    cache.applyCgroup(makeCgroupRecord(10n, '/session-2'));
    cache.applyExec(makeExec({ pid: 101, cgroupId: 9n }, '/bin/a'));
    cache.applyExec(makeExec({ pid: 102, cgroupId: 10n }, '/bin/b'));
    proc.add(inGroup(103, '/session/new'), inGroup(104, '/session-2'));
    lists.push([103, 104]);
    kill(100, { scope: 'cgroup' }, { cgroup_id: 8n });
    assert.deepEqual(signals.toSorted(), [sent(100), sent(101), sent(103)]);
  });

  it('loses neither ancestors of the agent nor the first process, whoever tells of them', () => {
    for (const scope of ['cgroup', 'container'] as const) {
      const { cache, kill, signals, lists, proc } = makeHost();
      const path = scope === 'cgroup' ? '/session' : `/docker/${containerId}`;
      const cgroupId = scope === 'cgroup' ? 8n : 5n;
      // What started the agent may have been moved here, or be in a container that the agent left.
      for (const pid of [1, 80, 101]) cache.applyExec(makeExec({ pid, cgroupId }, '/bin/a'));
      proc.add(inGroup(1, path), inGroup(80, path), inGroup(agentPid, path), inGroup(103, path));
      proc.add({ ...inGroup(104, path), isKernelThread: true });
      lists.push([1, 80, agentPid, 103, 104]);
      const result = kill(100, { scope }, { cgroup_id: cgroupId });
      assert.deepEqual(signals.toSorted(), [sent(100), sent(101), sent(103)], scope);
      assert.equal(result.processes, 3);
    }
  });

  it('that nothing told the path of is struck by nobody', () => {
    const { kill, signals } = makeHost();
    const result = kill(100, { scope: 'cgroup' }, { cgroup_id: 77n });
    assert.equal(result.status, 'no control group');
    assert.deepEqual(signals, []);
  });
});

describe('a rule that strikes all around it', () => {
  it('is disarmed, told once, and strikes nobody from then on', () => {
    const { cache, kill, signals, status } = makeHost();
    for (const pid of [100, 101, 102]) cache.applyExec(makeExec({ pid }, `/bin/p${pid}`));
    assert.equal(kill(100).status, 'sent');
    assert.equal(kill(101).status, 'sent');
    assert.equal(kill(102).status, 'disarmed');
    assert.equal(kill(100).status, 'disarmed');
    assert.deepEqual(signals, [sent(100), sent(101)]);
    assert.equal(status.length, 1);
    assert.match(
      status[0] ?? '',
      /^fimbul: kill: rule killer is disarmed: .* executables .*\n {2}→ /,
    );
  });

  it('is not, where its action says so', () => {
    const { cache, kill, signals } = makeHost();
    for (let pid = 100; pid < 110; pid += 1) {
      cache.applyExec(makeExec({ pid }, `/bin/p${pid}`));
      assert.equal(kill(pid, { disableExecutableDisarmer: true }).status, 'sent');
    }
    assert.equal(signals.length, 10);
  });
});

it('where nobody allowed it, it is said and not done', () => {
  const match = makeMatch(makeCache().cache, 100, {});
  for (const status of ['not allowed', 'replay'] as const) {
    const result = refuseToKill(status)(makeAction(), match);
    assert.deepEqual(result, {
      ...{ type: 'kill', signal: 'SIGKILL', scope: 'process', status, processes: 0 },
    });
  }
});
