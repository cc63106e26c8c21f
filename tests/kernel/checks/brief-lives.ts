// SPDX-License-Identifier: Apache-2.0
// Processes that begin, run a program and end as fast as they can, several makers at once. Each
// fork, exec and exit comes exactly once and in that order, and the agent's table of processes has
// none of them afterwards.

import { spawnSync } from 'node:child_process';
import { type RecordView, readExecRecord, readExitRecord, readForkRecord } from '@fimbul/probe';
import { type RecordKind, recordHeaderOffsets } from '@fimbul/schema';
import { CgroupCache } from '../../../packages/agent/src/context/cgroup-cache.ts';
import { NodeProcSource } from '../../../packages/agent/src/context/node-proc-source.ts';
import { ProcessCache } from '../../../packages/agent/src/context/process-cache.ts';
import { KernelProbe } from '../kernel-probe.ts';
import type { CheckKit, KernelCheck } from './check.ts';

const ringBytes = 64 * 1024 * 1024;
const makerCount = 4;
const problemsMax = 5;
const failedStatus = 7 << 8;

type Life = {
  readonly creator: number;
  readonly runsProgram: boolean;
};

type Told = {
  readonly kind: RecordKind;
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

function describeRecord(record: RecordView, kind: RecordKind): string {
  switch (kind) {
    case 'fork':
      return `made by ${readForkRecord(record).creatorPid}`;
    case 'exec':
      return `runs ${readExecRecord(record).file.path}`;
    case 'exit':
      return `ended with ${readExitRecord(record).status}`;
    default:
      return '';
  }
}

function applyTo(cache: ProcessCache, record: RecordView, kind: RecordKind): void {
  if (kind === 'fork') cache.applyFork(readForkRecord(record));
  if (kind === 'exec') cache.applyExec(readExecRecord(record));
  if (kind === 'exit') cache.applyExit(readExitRecord(record));
}

function expectLife({ creator, runsProgram }: Life, nothing: string): readonly string[] {
  return [
    `fork made by ${creator}`,
    ...(runsProgram ? [`exec runs ${nothing}`] : []),
    `exit ended with ${runsProgram ? 0 : failedStatus}`,
  ];
}

function checkLife(expected: readonly string[], told: readonly Told[]): string | null {
  const got = told.map(({ kind, detail }) => `${kind} ${detail}`);
  if (got.join('; ') !== expected.join('; ')) {
    return `expected ${expected.join('; ')}, got ${got.join('; ')}`;
  }
  if (new Set(told.map(({ startTimeNs }) => startTimeNs)).size > 1) return 'started at two times';
  const isOrdered = told.every(
    ({ timestampNs }, i) => timestampNs >= (told[i - 1]?.timestampNs ?? 0n),
  );
  return isOrdered ? null : 'its records are not in the order of their times';
}

type Storm = {
  readonly lives: ReadonlyMap<number, Life>;
  readonly told: ReadonlyMap<number, readonly Told[]>;
  /** Processes of the storm that the agent's table does not know to have ended. */
  readonly left: readonly number[];
  readonly skipped: readonly string[];
};

function runStorm(kit: CheckKit, probe: KernelProbe): Storm {
  const { stress, nothing } = kit.operations;
  const each = kit.isOwnMachine ? 100 : 1500;
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
    if (kind === 'cgroup' || !family.has(subject)) return;
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
  const skipped = Object.entries(probe.readCounters().skippedRuns)
    .filter(([program, count]) => program.startsWith('sched_') && count > 0)
    .map(([program, count]) => `${program} ${count}`);
  const left = [...told].flatMap(([subject, records]) => {
    const exit = cache.find(subject, records[0]?.startTimeNs ?? 0n)?.exit;
    return exit === null ? [subject] : [];
  });
  return { lives, told, left, skipped };
}

function checkBriefLives(kit: CheckKit): readonly string[] {
  const probe = new KernelProbe(kit.kernel, [], ringBytes);
  try {
    const { lives, told, left, skipped } = runStorm(kit, probe);
    const wrong = [...lives].flatMap(([pid, life]) => {
      const problem = checkLife(expectLife(life, kit.operations.nothing), told.get(pid) ?? []);
      return problem === null ? [] : [`process ${pid}: ${problem}`];
    });
    const problems = wrong.slice(0, problemsMax);
    if (wrong.length > 0)
      problems.push(`${wrong.length} of ${lives.size} processes were told wrong`);
    if (left.length > 0) problems.push(`still in the table: ${left.length}, first ${left[0]}`);
    if (problems.length > 0) problems.push(`skipped runs: ${skipped.join() || 'none'}`);
    return [...problems, ...probe.findImbalances()];
  } finally {
    probe.close();
  }
}

export const briefLifeChecks: readonly KernelCheck[] = [
  {
    name: 'processes that live as briefly as they can are told once each, in order',
    run: checkBriefLives,
  },
];
