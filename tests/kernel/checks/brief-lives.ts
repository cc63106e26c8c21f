// SPDX-License-Identifier: Apache-2.0
// Processes that begin, run a program and end as fast as they can, several makers at once. Each
// fork, exec and exit comes exactly once and in that order, and the agent's table of processes has
// none of them afterwards.

import { spawnSync } from 'node:child_process';
import { type RecordView, readExecRecord, readExitRecord, readForkRecord } from '@fimbul/probe';
import { type KernelFilter, type RecordKind, recordHeaderOffsets } from '@fimbul/schema';
import { CgroupCache } from '../../../packages/agent/src/context/cgroup-cache.ts';
import { NodeProcSource } from '../../../packages/agent/src/context/node-proc-source.ts';
import { ProcessCache } from '../../../packages/agent/src/context/process-cache.ts';
import { KernelProbe } from '../kernel-probe.ts';
import type { CheckKit, KernelCheck } from './check.ts';
import { countSkippedRuns, maySkip } from './preemption.ts';

const ringBytes = 64 * 1024 * 1024;
const makerCount = 4;
const problemsMax = 5;
const failedStatus = 7 << 8;

type Life = {
  readonly creator: number;
  readonly runsProgram: boolean;
};

const lifeKinds = ['fork', 'exec', 'exit'] as const;
type LifeKind = (typeof lifeKinds)[number];

type Told = {
  readonly kind: LifeKind;
  readonly startTimeNs: bigint;
  readonly timestampNs: bigint;
  /** What must be equal to what is known of the process, in words. */
  readonly detail: string;
};

/** Who lived, by process id. */
function readLives(output: string): ReadonlyMap<number, Life> {
  const lives = new Map<number, Life>();
  let creator = 0;
  let index = 0;
  for (const [, word, number] of output.matchAll(/^(maker|child) (\d+)$/gm)) {
    if (word === 'maker') {
      creator = Number(number);
      index = 0;
    } else {
      lives.set(Number(number), { creator, runsProgram: index % 2 === 0 });
      index += 1;
    }
  }
  return lives;
}

function describeRecord(record: RecordView, kind: LifeKind): string {
  switch (kind) {
    case 'fork':
      return `made by ${readForkRecord(record).creatorPid}`;
    case 'exec':
      return `runs ${readExecRecord(record).file.path}`;
    case 'exit':
      return `ended with ${readExitRecord(record).status}`;
  }
}

function applyTo(cache: ProcessCache, record: RecordView, kind: LifeKind): void {
  if (kind === 'fork') cache.applyFork(readForkRecord(record));
  if (kind === 'exec') cache.applyExec(readExecRecord(record));
  if (kind === 'exit') cache.applyExit(readExitRecord(record));
}

type Expected = { readonly kind: LifeKind; readonly detail: string };

function expectLife({ creator, runsProgram }: Life, nothing: string): readonly Expected[] {
  return [
    { kind: 'fork', detail: `made by ${creator}` },
    ...(runsProgram ? [{ kind: 'exec', detail: `runs ${nothing}` } as const] : []),
    { kind: 'exit', detail: `ended with ${runsProgram ? 0 : failedStatus}` },
  ];
}

type Verdict = { readonly missing: readonly LifeKind[]; readonly problem: string | null };

/** Each that came must be one that is expected, in this order. */
function judgeLife(expected: readonly Expected[], told: readonly Told[]): Verdict {
  const missing: LifeKind[] = [];
  let next = 0;
  for (const { kind, detail } of expected) {
    if (told[next]?.kind === kind && told[next]?.detail === detail) next += 1;
    else missing.push(kind);
  }
  const write = (list: readonly Expected[]): string =>
    list.map(({ kind, detail }) => `${kind} ${detail}`).join('; ');
  const isInOrder = told.every(
    ({ timestampNs }, i) => timestampNs >= (told[i - 1]?.timestampNs ?? 0n),
  );
  const starts = new Set(told.map(({ startTimeNs }) => startTimeNs));
  const problems = [
    ...(next < told.length ? [`expected ${write(expected)}, got ${write(told)}`] : []),
    ...(starts.size > 1 ? ['it started at two times'] : []),
    ...(isInOrder ? [] : ['its records are not in the order of their times']),
  ];
  return { missing, problem: problems.length > 0 ? problems.join('; ') : null };
}

type Storm = {
  readonly lives: ReadonlyMap<number, Life>;
  readonly told: ReadonlyMap<number, readonly Told[]>;
  /** Processes of the storm that the agent's table does not know to have ended. */
  readonly left: readonly number[];
  /** Runs of the programs of each kind that the kernel skipped. */
  readonly skipped: Readonly<Record<LifeKind, number>>;
};

function isLifeKind(kind: RecordKind): kind is LifeKind {
  return lifeKinds.some((name) => name === kind);
}

function runStorm(kit: CheckKit, probe: KernelProbe): Storm {
  const { stress, nothing } = kit.operations;
  const each = kit.isOwnMachine ? 60 : 1500;
  const args = ['brief-lives', `${makerCount}`, `${each}`, nothing];
  probe.visit(() => undefined);
  const { pid, status, stdout, stderr } = spawnSync(stress, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`brief-lives ended with ${status}: ${stderr}`);
  const lives = readLives(stdout);
  const makers = [...lives.values()].map(({ creator }) => creator);
  const family = new Set([pid, ...makers, ...lives.keys()]);
  const proc = new NodeProcSource();
  const clock = { nowMs: () => performance.now() };
  const cache = new ProcessCache({ proc, cgroups: new CgroupCache(), clock });
  const told = new Map<number, Told[]>();
  const { process: at, timestampNs } = recordHeaderOffsets;
  probe.visit((record, kind) => {
    const subject = record.getU32(at.pid);
    if (!isLifeKind(kind) || !family.has(subject)) return;
    applyTo(cache, record, kind);
    const list = told.get(subject) ?? [];
    told.set(subject, list);
    list.push({
      kind,
      startTimeNs: record.getU64(at.startTimeNs),
      timestampNs: record.getU64(timestampNs),
      detail: describeRecord(record, kind),
    });
  });
  const left = [...told].flatMap(([subject, records]) => {
    const exit = cache.find(subject, records[0]?.startTimeNs ?? 0n)?.exit;
    return exit === null ? [subject] : [];
  });
  const counters = probe.readCounters();
  const count = (kind: LifeKind): number => countSkippedRuns(kit.kernel.plan, counters, [kind]);
  const skipped = { fork: count('fork'), exec: count('exec'), exit: count('exit') };
  return { lives, told, left, skipped };
}

/** What is missing must be what the kernel says that it skipped. */
function checkMissing(kit: CheckKit, storm: Storm, missing: readonly LifeKind[]) {
  return lifeKinds.flatMap((kind) => {
    const count = missing.filter((name) => name === kind).length;
    const skipped = storm.skipped[kind];
    const said = `${kind}: ${count} missing, ${skipped} skipped runs counted`;
    if (count > 0) console.log(`note                ${said}`);
    const isAllowed = count === 0 || maySkip(kit.kernel.plan, kind) !== false;
    return isAllowed && count <= skipped ? [] : [said];
  });
}

const noFileEvents: KernelFilter = {
  operations: [],
  paths: { states: [], classes: [] },
  programs: null,
};

function checkBriefLives(kit: CheckKit): readonly string[] {
  const probe = new KernelProbe(kit.kernel, noFileEvents, ringBytes);
  try {
    const storm = runStorm(kit, probe);
    const { lives, told, left } = storm;
    const verdicts = [...lives].map(([pid, life]) => ({
      pid,
      ...judgeLife(expectLife(life, kit.operations.nothing), told.get(pid) ?? []),
    }));
    const wrong = verdicts.filter(({ problem }) => problem !== null);
    const missing = verdicts.flatMap((verdict) => verdict.missing);
    const problems = wrong
      .slice(0, problemsMax)
      .map(({ pid, problem }) => `process ${pid}: ${problem}`);
    if (wrong.length > 0) problems.push(`${wrong.length} of ${lives.size} processes told wrong`);
    problems.push(...checkMissing(kit, storm, missing));
    if (left.length > missing.filter((kind) => kind === 'exit').length) {
      problems.push(`still in the table: ${left.length}, first ${left[0]}`);
    }
    return [...problems, ...probe.findImbalances()];
  } finally {
    probe.close();
  }
}

export const briefLifeChecks: readonly KernelCheck[] = [
  {
    name: 'processes that live as briefly as they can are told once each, in order',
    // The others have their programs for processes from one of these.
    backends: ['kprobe', 'tracepoint'],
    run: checkBriefLives,
  },
];
