// SPDX-License-Identifier: Apache-2.0
// Exact counts under contention: nice tasks do one operation on one CPU while a real-time task is
// let run there again and again. What was done is what was received and what was counted as lost,
// to the last. Programs that kernels skip for others while one run of them is preempted (tracepoint
// and fentry, where the kernel is preemptible) must have counted what they skipped; all other
// programs skip nothing.

import { spawnSync } from 'node:child_process';
import type { ProbePlan } from '@fimbul/probe';
import { passEverything } from '@fimbul/probe';
import { type RecordKind, recordKinds } from '@fimbul/schema';
import { KernelProbe } from '../kernel-probe.ts';
import type { CheckKit, KernelCheck } from './check.ts';
import { type Contenders, describeFaults } from './contended-content.ts';
import { countSkippedRuns, maySkip } from './preemption.ts';

const ringBytes = 64 * 1024 * 1024;
/** So many records fit the ring while nobody reads. */
const operationsMax = 25_000;
const cpu = '1';
/**
 * Skipped runs that are none of the tasks’ operations: their own ends, and calls of the few other
 * processes of the machine that happen to be on that CPU while a program is preempted there.
 */
const strangersMax = 16;

type Work = {
  readonly name: string;
  /** Kinds of records that each operation must have one of. */
  readonly kinds: readonly RecordKind[];
  /**
   * Each skipped run of the tracepoint backend’s program is a missed event, but for those of
   * strangers: the tasks make no other call that it runs at.
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

type Contention = {
  readonly done: number;
  readonly bursts: number;
  readonly contenders: Contenders;
};

function contend(kit: CheckKit, { name }: Work): Contention {
  const limits = [`${operationsMax}`, kit.isOwnMachine ? '1500' : '1000'];
  // A real-time task is nothing for a machine that others work on.
  const directory = kit.playground.makeDirectory('ext4');
  const args = ['contend', name, ...limits, cpu, kit.isOwnMachine ? 'fifo' : 'fair'];
  const { status, stdout, stderr } = spawnSync(kit.operations.stress, args, {
    cwd: directory,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`contend ${name} ended with ${status}: ${stderr}`);
  const workers = [...stdout.matchAll(/^worker (\d+) (\d+)$/gm)];
  return {
    done: workers.reduce((sum, [, , done]) => sum + Number(done), 0),
    bursts: Number(/^bursts (\d+)$/m.exec(stdout)?.[1]),
    contenders: {
      directory,
      numbers: new Map(workers.map(([, pid], number) => [Number(pid), number])),
    },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function countLost(probe: KernelProbe, kind: RecordKind): number {
  const counters = Object.entries(probe.readCounters().kinds[kind]);
  return sum(counters.filter(([name]) => name.startsWith('lost_')).map(([, value]) => value));
}

type Balance = {
  readonly missed: number;
  /** Runs of the programs that make these records. */
  readonly skipped: number;
  /** Records that cannot be true. */
  readonly faults: string | null;
  readonly said: string;
};

type Received = {
  readonly received: Readonly<Record<RecordKind, number>>;
  readonly faults: string | null;
};

function receive(probe: KernelProbe, { name }: Work, contenders: Contenders): Received {
  const { numbers } = contenders;
  if (name === 'fork') {
    return { received: probe.count((_pid, ppid) => numbers.has(ppid)), faults: null };
  }
  const records = probe.take((pid) => numbers.has(pid));
  const count = (kind: RecordKind): number => records.filter((r) => r.kind === kind).length;
  const counts = Object.fromEntries(recordKinds.map((kind) => [kind, count(kind)]));
  return {
    received: counts as Record<RecordKind, number>,
    faults: describeFaults(contenders, records),
  };
}

function weigh(kit: CheckKit, probe: KernelProbe, work: Work): Balance {
  probe.count(() => false);
  const { plan } = kit.kernel;
  const skippedBefore = countSkippedRuns(plan, probe.readCounters(), work.kinds);
  const lostBefore = work.kinds.map((kind) => countLost(probe, kind));
  const { done, bursts, contenders } = contend(kit, work);
  const skipped = countSkippedRuns(plan, probe.readCounters(), work.kinds) - skippedBefore;
  const lost = work.kinds.map((kind, i) => countLost(probe, kind) - (lostBefore[i] ?? 0));
  const { received, faults } = receive(probe, work, contenders);
  const missed = sum(work.kinds.map((kind, i) => done - received[kind] - (lost[i] ?? 0)));
  const said =
    `${work.name}: ${done} done in ${bursts} bursts, ${missed} missed, ` +
    `${skipped} runs skipped, ${sum(lost)} lost`;
  if (done === 0 || bursts === 0) throw new Error(`${said}: nothing was tested`);
  console.log(`note                ${said}`);
  return { missed, skipped, faults, said };
}

/** What is wrong with what was missed and with what came. */
function judge(kit: CheckKit, work: Work, balance: Balance): string | null {
  const { missed, skipped, faults, said } = balance;
  const { plan } = kit.kernel;
  const may = work.kinds.map((kind) => maySkip(plan, kind));
  if (faults !== null) return `${said}: ${faults}`;
  if (missed < 0) return `${said}: more came than was done`;
  if (may.every((m) => m === false)) {
    return missed === 0 ? null : `${said}: here nothing may be missed`;
  }
  const isExact = work.isExact && kit.isOwnMachine && isTracepointPlan(plan);
  const strangers = skipped - missed;
  if (isExact && strangers > strangersMax) return `${said}: ${strangers} too many are counted`;
  return missed <= skipped ? null : `${said}: ${missed - skipped} missed in silence`;
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
