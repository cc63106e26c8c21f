// SPDX-License-Identifier: Apache-2.0
// What an event costs with 50, 500 and 5,000 rules like those of the default policy: by the emitted
// code alone, and through the engine of the agent from the bytes of a record on. Also what it costs
// to compile them, in a process of its own. Rounds of all sizes alternate; the best of many counts.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { rootDirectory } from '@fimbul/config';
import {
  type Accessor,
  compilePolicies,
  type EmittedRuleSet,
  emitRuleSet,
  type FieldValue,
} from '@fimbul/rules';
import { type FieldSpec, fields } from '@fimbul/schema';
import { report } from './report.ts';
import { type EventSample, loudEvents, quietEvents } from './rule-events.ts';
import { makeBatch, makeEngine } from './rule-records.ts';
import { makeRuleSample } from './rule-samples.ts';

const sizes = [50, 500, 5000] as const;
type Size = (typeof sizes)[number];

const rounds = 60;
const repeatsPerRound = 40;
const allLanes = -1;

/** An event as an array with the value of each field. */
type PlainEvent = { readonly type: EventSample['type']; readonly values: readonly FieldValue[] };

function getZero({ type, list, iterator, range }: FieldSpec): FieldValue {
  if (list || iterator !== null) return [];
  if (type === 'string') return '';
  if (type === 'bool') return false;
  return range[1] <= BigInt(Number.MAX_SAFE_INTEGER) ? 0 : 0n;
}

function makePlainAccessors(): ReadonlyMap<string, Accessor<PlainEvent>> {
  const ancestors = fields.findIndex(({ name }) => name === 'process.ancestors.file.path');
  const countAncestors: Accessor<PlainEvent> = ({ values }) => {
    const list = values[ancestors];
    return Array.isArray(list) ? list.length : 0;
  };
  return new Map([
    ['process.ancestors.length', countAncestors],
    ...fields.map(({ name }, index): [string, Accessor<PlainEvent>] => [
      name,
      // Every field has a value: events are made with all of them.
      ({ values }) => values[index] as FieldValue,
    ]),
  ]);
}

function makePlainEvent({ type, values }: EventSample): PlainEvent {
  return { type, values: fields.map((field) => values[field.name] ?? getZero(field)) };
}

function evaluateAll(
  { programs }: EmittedRuleSet<PlainEvent>,
  events: readonly PlainEvent[],
  matches: number[],
): number {
  let matched = 0;
  for (const event of events) {
    matches.length = 0;
    programs.get(event.type)?.evaluate(event, allLanes, allLanes, matches);
    matched += matches.length;
  }
  return matched;
}

type Series = {
  readonly metric: string;
  readonly size: Size;
  readonly eventCount: number;
  readonly run: () => number;
  matched: number;
  bestNs: number;
};

function measure(series: readonly Series[]): void {
  for (let round = 0; round < rounds; round += 1) {
    for (const one of series) {
      const start = performance.now();
      let matched = 0;
      for (let repeat = 0; repeat < repeatsPerRound; repeat += 1) matched += one.run();
      const ns = ((performance.now() - start) * 1e6) / (repeatsPerRound * one.eventCount);
      one.bestNs = Math.min(one.bestNs, ns);
      one.matched = matched / repeatsPerRound;
    }
  }
}

function makeSeries(size: Size): Series[] {
  const policies = compilePolicies([makeRuleSample(size)]);
  const emitted = emitRuleSet(policies, makePlainAccessors());
  const matches: number[] = [];
  const kinds = [
    { outcome: 'no_match', events: quietEvents },
    { outcome: 'match', events: loudEvents },
  ];
  const batches = kinds.map(({ events }) => makeBatch(events));
  let alerts = 0;
  const engine = makeEngine(policies, () => {
    alerts += 1;
  });
  return kinds.flatMap(({ outcome, events }, index): Series[] => {
    const common = {
      size,
      eventCount: events.length,
      matched: 0,
      bestNs: Number.POSITIVE_INFINITY,
    };
    const plain = events.map(makePlainEvent);
    const runPlain = () => evaluateAll(emitted, plain, matches);
    const batch = batches[index];
    if (batch === undefined) throw new Error('every kind has its batch');
    const runRecords = (): number => {
      const before = alerts;
      engine.judge(batch);
      return alerts - before;
    };
    return [
      { ...common, metric: `evaluate_${outcome}`, run: runPlain },
      { ...common, metric: `record_${outcome}`, run: runRecords },
    ];
  });
}

function reportSeries(series: readonly Series[]): void {
  for (const { metric, size, bestNs, matched, eventCount } of series) {
    const context = { rules: size, events: eventCount, matches: matched };
    report({ bench: 'rules', metric, value: bestNs, unit: 'ns', context });
  }
  for (const metric of new Set(series.map((one) => one.metric))) {
    const find = (size: Size) =>
      series.find((one) => one.metric === metric && one.size === size)?.bestNs ?? Number.NaN;
    report({
      bench: 'rules',
      metric: `${metric}_growth_5000_over_50`,
      value: find(5000) / find(50),
      unit: 'ratio',
      context: { ns_50: Math.round(find(50)), ns_5000: Math.round(find(5000)) },
    });
  }
}

/** What a process of its own says about compiling. */
type CompileFigures = { readonly ms: number; readonly cpuMs: number; readonly bytes: number };

const childrenPerSize = 3;

function compileInChild(size: Size): CompileFigures {
  const child = join(rootDirectory, 'bench/rules-in-child.ts');
  const output = execFileSync(process.execPath, ['--expose-gc', child, String(size)]);
  return JSON.parse(output.toString());
}

function reportCompilation(): void {
  const results = new Map<Size, CompileFigures[]>(sizes.map((size) => [size, []]));
  for (let round = 0; round < childrenPerSize; round += 1) {
    for (const size of sizes) results.get(size)?.push(compileInChild(size));
  }
  for (const [size, figures] of results) {
    const least = (pick: (one: CompileFigures) => number) => Math.min(...figures.map(pick));
    const context = { rules: size, processes: childrenPerSize };
    report({
      ...{ bench: 'rules', metric: 'compile_ms', value: least(({ ms }) => ms), unit: 'ms' },
      context: { ...context, cpu_ms: Math.round(least(({ cpuMs }) => cpuMs)) },
    });
    const value = least(({ bytes }) => bytes) / 2 ** 20;
    report({ bench: 'rules', metric: 'memory_mib', value, unit: 'MiB', context });
  }
}

/** Prints what events cost and what compiling does. */
export function benchRules(): void {
  const series = sizes.flatMap(makeSeries);
  measure(series);
  reportSeries(series);
  reportCompilation();
}
