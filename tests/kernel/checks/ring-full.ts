// SPDX-License-Identifier: Apache-2.0
// A ring that nobody reads. Events of files end at the reserve, which records about processes still
// get; when that is full too, those are lost as well. What was done is received or counted as lost,
// to the last, for each kind; and once somebody reads again, everything comes again.

import { spawnSync } from 'node:child_process';
import { passEverything } from '@fimbul/probe';
import { kernelLimits, type RecordKind } from '@fimbul/schema';
import { KernelProbe } from '../kernel-probe.ts';
import { perform } from '../run-case.ts';
import type { CheckKit, KernelCheck } from './check.ts';

const ringBytes = 256 * 1024;
const stormCount = 1500;
const makerCount = 2;
const eachCount = 200;
/** Records of a process that is forked, executes and ends are no longer than this together. */
const lifeBytesMax = 4096;

type Counts = Readonly<Record<RecordKind, number>>;

function countLost(probe: KernelProbe): Counts {
  const { kinds } = probe.readCounters();
  return Object.fromEntries(
    Object.entries(kinds).map(([kind, counters]) => [kind, counters.lost_ring_full]),
  ) as Counts;
}

/** Several makers of brief processes; gives the processes that there were, makers included. */
function makeProcesses(kit: CheckKit): ReadonlySet<number> {
  const { stress, nothing } = kit.operations;
  const args = ['brief-lives', `${makerCount}`, `${eachCount}`, nothing];
  const { pid, status, stdout, stderr } = spawnSync(stress, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`brief-lives ended with ${status}: ${stderr}`);
  return new Set([pid, ...[...stdout.matchAll(/ (\d+)$/gm)].map(([, number]) => Number(number))]);
}

type Fate = {
  readonly done: number;
  readonly received: number;
  readonly lost: number;
  /** Runs that preemptible kernels skip; each may have cost an event. */
  readonly skipped: number;
};

/** What is wrong with the counts of a kind. What others lose on a shared machine is among them. */
function compare(kit: CheckKit, kind: string, fate: Fate): readonly string[] {
  const { done, received, lost, skipped } = fate;
  const isNoneTooMany = received <= done && (!kit.isOwnMachine || received + lost <= done);
  if (isNoneTooMany && received + lost + skipped >= done) return [];
  return [`${kind}: ${done} done, ${received} received, ${lost} lost, ${skipped} runs skipped`];
}

function countSkipped(probe: KernelProbe): number {
  const { skippedRuns } = probe.readCounters();
  return Object.values(skippedRuns).reduce((sum, count) => sum + count, 0);
}

function checkReserve(kit: CheckKit): readonly string[] {
  const directory = kit.playground.makeDirectory('tmpfs');
  const probe = new KernelProbe(kit.kernel, passEverything('permission'), ringBytes);
  try {
    probe.visit(() => undefined);
    const storm = perform(kit.operations, [{ do: 'storm', count: stormCount }], directory);
    const lostToStorm = countLost(probe);
    const family = makeProcesses(kit);
    const lost = countLost(probe);
    const received = probe.count((pid) => family.has(pid));
    // The first one is the program that makes the makers.
    const forks = 1 + makerCount + makerCount * eachCount;
    const execs = 1 + (makerCount * eachCount) / 2;
    const lives = (ringBytes * kernelLimits.RING_RESERVE_PERCENT) / 100 / lifeBytesMax;
    const since = (kind: RecordKind): number => lost[kind] - lostToStorm[kind];
    const skipped = countSkipped(probe);
    const problems = [
      ...storm.problems,
      ...(['fork', 'exec', 'exit'] as const).flatMap((kind) => {
        const done = kind === 'exec' ? execs : forks;
        return compare(kit, kind, { done, received: received[kind], lost: since(kind), skipped });
      }),
    ];
    if (lostToStorm.open === 0) problems.push('the files did not fill the ring');
    if (lostToStorm.exec > 0) problems.push('files took room that is kept for processes');
    if (received.exit < lives) problems.push(`the reserve held ${received.exit} ends`);
    if (since('exit') === 0) problems.push('the processes did not fill the reserve');
    const again = perform(kit.operations, [{ do: 'storm', count: 10 }], directory);
    const opens = probe.take((pid) => pid === again.pid).filter((r) => r.kind === 'open');
    if (opens.length !== 10) problems.push(`after that, ${opens.length} of 10 opens came`);
    return [...problems, ...probe.findImbalances()];
  } finally {
    probe.close();
  }
}

export const ringFullChecks: readonly KernelCheck[] = [
  {
    name: 'a ring that nobody reads loses what it counts, processes last',
    backends: ['kprobe'],
    run: checkReserve,
  },
];
