// SPDX-License-Identifier: Apache-2.0
// That the kernel's filter hides nothing: changes are planted among real workloads, and a probe
// with the filters of the rules must lead to the matches that one without leads to, exactly, and to
// each planted change. A difference ends the run with status 1.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { builtInPolicyDirectory, readPolicyFiles } from '@fimbul/config';
import { passEverything, RecordBatch } from '@fimbul/probe';
import { type CompiledPolicies, compilePolicies } from '@fimbul/rules';
import { fileOperations } from '@fimbul/schema';
import type { Match } from '../packages/agent/src/engine/match.ts';
import type { BenchOptions } from './bench-options.ts';
import { type Difference, findDifferences } from './measure/differences.ts';
import { isFileOperation } from './measure/file-record.ts';
import { Judge } from './measure/judge.ts';
import { addWindows, openWindows } from './measure/shares.ts';
import { Tap } from './measure/tap.ts';
import { report } from './report.ts';
import { listWorkloads, runWorkload } from './workloads/all-workloads.ts';
import { makePlantedPolicy } from './workloads/planted-policy.ts';
import { type Planted, Planter } from './workloads/planter.ts';
import type { Workload } from './workloads/workload.ts';
import { createWorkspace } from './workspace.ts';

const ringBytes = 64 * 1024 * 1024;
const shownMax = 10;
const noMatches = { open: 0, unlink: 0, rename: 0, chmod: 0 };

type Kept = { readonly rule: string; readonly path: string; readonly key: string };

/** What a match is about; two probes read the clock for themselves, so it is not among it. */
function describeMatch({ rule, event }: Match): Kept {
  const { operation } = event;
  const { facts, entry } = event.subject;
  const path = isFileOperation(operation) ? event.path : '';
  const destination = operation === 'rename' ? event.destinationPath : '';
  const parts = [
    rule.id,
    operation,
    path,
    destination,
    facts.pid,
    entry.image.executable?.path ?? '',
  ];
  const text = Buffer.from(path, 'latin1').toString('utf8');
  return { rule: rule.id, path: text, key: JSON.stringify(parts) };
}

/** A probe with a judge behind it that keeps what matched. */
class Watcher {
  readonly tap: Tap;
  readonly #judge: Judge;
  #kept: Kept[] = [];

  constructor(policies: CompiledPolicies, isFiltered: boolean) {
    this.#judge = new Judge(policies, RecordBatch.of(), (match) => {
      if (match.outcome !== 'closing') this.#kept.push(describeMatch(match));
    });
    const filter = isFiltered ? policies.filter : passEverything('all');
    this.tap = new Tap({ filter }, ringBytes, (_kind, _record, single) => {
      this.#judge.judge(single);
    });
  }

  start(): void {
    this.#judge.takeSnapshot(this.tap.probe);
    this.tap.start();
  }

  take(): readonly Kept[] {
    const kept = this.#kept;
    this.#kept = [];
    return kept;
  }
}

type Outcome = {
  readonly differences: readonly Difference[];
  readonly planted: number;
  readonly missed: readonly Difference[];
  readonly matches: number;
};

function compare(
  planted: readonly Planted[],
  filtered: readonly Kept[],
  whole: readonly Kept[],
): Outcome {
  const toKey = ({ rule, path }: Planted | Kept): string => JSON.stringify([rule, path]);
  const expected = planted.map(toKey);
  const told = filtered.map(toKey);
  return {
    differences: findDifferences(
      whole.map(({ key }) => key),
      filtered.map(({ key }) => key),
    ),
    planted: planted.length,
    missed: findDifferences(expected, told).filter((one) => one.found < one.expected),
    matches: filtered.length,
  };
}

function show(title: string, differences: readonly Difference[]): void {
  if (differences.length === 0) return;
  const lines = differences
    .slice(0, shownMax)
    .map(({ what, expected, found }) => `  ${what}: ${found}, not ${expected}\n`);
  process.stderr.write(`bench: ${title}: ${differences.length}\n${lines.join('')}`);
}

type Run = {
  readonly filtered: Watcher;
  readonly whole: Watcher;
  readonly playground: string;
};

/** Runs one workload with plants; false when something differs or was lost. */
async function check(run: Run, workload: Workload, seed: number): Promise<boolean> {
  const { filtered, whole, playground } = run;
  const both = [filtered, whole];
  const settle = () => Promise.all(both.map(({ tap }) => tap.settle()));
  let isSame = true;
  let before = await settle();
  let planter: Planter | null = null;
  const start = async (): Promise<void> => {
    before = await settle();
    for (const watcher of both) watcher.take();
    planter = await Planter.start(playground, seed);
  };
  const finish = async (): Promise<void> => {
    const planted = (await planter?.end()) ?? [];
    const after = await settle();
    const outcome = compare(planted, filtered.take(), whole.take());
    const windows = after.map((counters, index) => {
      const first = before[index] ?? counters;
      const operations = openWindows(first, counters, noMatches);
      return addWindows(fileOperations.map((name) => operations[name]));
    });
    const [ofFiltered, ofWhole] = windows;
    const lost = (ofFiltered?.lost ?? 0) + (ofWhole?.lost ?? 0);
    report({
      bench: 'recall',
      metric: `${workload.name}.differences`,
      value: outcome.differences.length + outcome.missed.length,
      unit: 'matches',
      context: {
        ...{ planted: outcome.planted, planted_missed: outcome.missed.length, seed, lost },
        ...{
          matches: outcome.matches,
          sent: ofFiltered?.sent ?? 0,
          unfiltered: ofWhole?.sent ?? 0,
        },
      },
    });
    show('matches with a filter, and not without', outcome.differences);
    show('planted changes that no match told', outcome.missed);
    isSame = outcome.differences.length + outcome.missed.length + lost === 0;
  };
  await runWorkload(workload, start, finish);
  return isSame;
}

/** Prints the differences for each workload. */
export async function benchRecall({ workloads: names }: BenchOptions): Promise<void> {
  const workspace = createWorkspace();
  const playground = join(workspace.directory, 'playground');
  mkdirSync(playground);
  const text = makePlantedPolicy(playground);
  const policies = compilePolicies([
    ...readPolicyFiles([builtInPolicyDirectory]),
    { path: 'planted.policy', text },
  ]);
  const broken = policies.diagnostics.find(({ severity }) => severity === 'error');
  if (broken) throw new Error(`${broken.file}: ${broken.message}`);
  const run = {
    filtered: new Watcher(policies, true),
    whole: new Watcher(policies, false),
    playground,
  };
  try {
    for (const watcher of [run.whole, run.filtered]) watcher.start();
    const seed = Math.floor(Math.random() * 2 ** 31);
    for (const workload of listWorkloads(workspace, names)) {
      if (!(await check(run, workload, seed))) process.exitCode = 1;
    }
  } finally {
    for (const watcher of [run.whole, run.filtered]) watcher.tap.close();
    workspace.remove();
  }
}
