// SPDX-License-Identifier: Apache-2.0
// Exact counts under contention: nice tasks do one operation on one CPU while a real-time task is
// let run there again and again. What was done is what was received and what was counted as lost,
// to the last. Programs that kernels skip for others while one run of them is preempted (tracepoint
// and fentry, where the kernel is preemptible) must have counted what they skipped; all other
// programs skip nothing.

import { spawnSync } from 'node:child_process';
import type { ProbePlan } from '@fimbul/probe';
import type { RecordKind } from '@fimbul/schema';
import { KernelProbe, passEverything } from '../kernel-probe.ts';
import type { CheckKit, KernelCheck } from './check.ts';
import { maySkip } from './preemption.ts';

const ringBytes = 64 * 1024 * 1024;
/** So many records fit the ring while nobody reads. */
const operationsMax = 25_000;
const cpu = '1';

type Work = {
  readonly name: string;
  /** Kinds of records that each operation must have one of. */
  readonly kinds: readonly RecordKind[];
  /**
   * Each skipped run of the tracepoint backend’s program is a missed event, and nothing else: the
   * tasks make no other call that it runs at.
   */
  readonly isExact: boolean;
};

const works: readonly Work[] = [
  { name: 'open', kinds: ['open'], isExact: false },
  { name: 'open-missing', kinds: ['open'], isExact: true },
  { name: 'unlink', kinds: ['unlink'], isExact: false },
  { name: 'unlink-missing', kinds: ['unlink'], isExact: true },
  { name: 'rename', kinds: ['rename'], isExact: true },
  { name: 'chmod', kinds: ['chmod'], isExact: true },
  { name: 'fork', kinds: ['fork', 'exit'], isExact: true },
];

/** Kinds that have a program of the tracepoint backend of their own. */
const makerOf: Partial<Record<RecordKind, string>> = {
  fork: 'sched_process_fork',
  exec: 'sched_process_exec',
  exit: 'sched_process_exit',
};

type Contention = {
  readonly done: number;
  readonly bursts: number;
  readonly workers: ReadonlySet<number>;
};

function contend(kit: CheckKit, { name }: Work): Contention {
  const limits = [`${operationsMax}`, kit.isOwnMachine ? '2500' : '1000'];
  // A real-time task is nothing for a machine that others work on.
  const args = ['contend', name, ...limits, cpu, kit.isOwnMachine ? 'fifo' : 'fair'];
  const { status, stdout, stderr } = spawnSync(kit.operations.stress, args, {
    cwd: kit.playground.makeDirectory('tmpfs'),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`contend ${name} ended with ${status}: ${stderr}`);
  const workers = [...stdout.matchAll(/^worker (\d+) (\d+)$/gm)];
  return {
    done: workers.reduce((sum, [, , done]) => sum + Number(done), 0),
    bursts: Number(/^bursts (\d+)$/m.exec(stdout)?.[1]),
    workers: new Set(workers.map(([, pid]) => Number(pid))),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

type Skipped = {
  /** Runs of the program of the tracepoint backend that makes the records. */
  readonly ofMaker: number;
  readonly ofAll: number;
};

function countSkipped(probe: KernelProbe, { kinds }: Work): Skipped {
  const runs = Object.entries(probe.readCounters().skippedRuns);
  const makers = kinds.map((kind) => makerOf[kind] ?? 'sys_exit');
  const ofMakers = runs.filter(([name]) => makers.some((maker) => name.startsWith(maker)));
  return {
    ofMaker: sum(ofMakers.map(([, count]) => count)),
    ofAll: sum(runs.map(([, count]) => count)),
  };
}

function countLost(probe: KernelProbe, kind: RecordKind): number {
  const counters = Object.entries(probe.readCounters().kinds[kind]);
  return sum(counters.filter(([name]) => name.startsWith('lost_')).map(([, value]) => value));
}

type Balance = {
  readonly missed: number;
  readonly skipped: Skipped;
  readonly said: string;
};

function weigh(kit: CheckKit, probe: KernelProbe, work: Work): Balance {
  probe.count(() => false);
  const skippedBefore = countSkipped(probe, work);
  const lostBefore = work.kinds.map((kind) => countLost(probe, kind));
  const { done, bursts, workers } = contend(kit, work);
  const skippedAfter = countSkipped(probe, work);
  const skipped = {
    ofMaker: skippedAfter.ofMaker - skippedBefore.ofMaker,
    ofAll: skippedAfter.ofAll - skippedBefore.ofAll,
  };
  const lost = work.kinds.map((kind, i) => countLost(probe, kind) - (lostBefore[i] ?? 0));
  const received = probe.count((pid, ppid) => workers.has(work.name === 'fork' ? ppid : pid));
  const missed = sum(work.kinds.map((kind, i) => done - received[kind] - (lost[i] ?? 0)));
  const said =
    `${work.name}: ${done} done in ${bursts} bursts, ${missed} missed, ` +
    `${skipped.ofMaker} of ${skipped.ofAll} skipped runs cost an event, ${sum(lost)} lost`;
  if (done === 0 || bursts === 0) throw new Error(`${said}: nothing was tested`);
  console.log(`note                ${said}`);
  return { missed, skipped, said };
}

/** What is wrong with what was missed. */
function judge(kit: CheckKit, work: Work, { missed, skipped, said }: Balance): string | null {
  const { plan } = kit.kernel;
  const may = work.kinds.map((kind) => maySkip(plan, kind));
  if (missed < 0) return `${said}: more came than was done`;
  if (may.every((m) => m === false)) {
    return missed === 0 ? null : `${said}: here nothing may be missed`;
  }
  const isExact = work.isExact && kit.isOwnMachine && isTracepointPlan(plan);
  if (isExact && missed !== skipped.ofMaker) {
    return `${said}: the skipped runs are off by ${skipped.ofMaker - missed}`;
  }
  return missed <= skipped.ofAll ? null : `${said}: ${missed - skipped.ofAll} missed in silence`;
}

function isTracepointPlan({ operations }: ProbePlan): boolean {
  return operations.every(({ backend }) => backend === 'tracepoint');
}

function checkContention(kit: CheckKit): readonly string[] {
  const probe = new KernelProbe(kit.kernel, passEverything('all'), ringBytes);
  try {
    return works.flatMap((work) => judge(kit, work, weigh(kit, probe, work)) ?? []);
  } finally {
    probe.close();
  }
}

export const contentionChecks: readonly KernelCheck[] = [
  { name: 'under contention every operation comes or is counted as lost', run: checkContention },
];
