// SPDX-License-Identifier: Apache-2.0
// The report at the end of a run, line by line.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Counters } from '@fimbul/probe';
import { compilePolicies } from '@fimbul/rules';
import { type RecordKind, recordKinds, troubleNames } from '@fimbul/schema';
import type { ProcessCacheCounters } from '../context/process-cache.ts';
import { makeCache } from '../context/record-samples.ts';
import type { EngineCounters, MatchCounters } from '../engine/engine.ts';
import { makeCounters } from './counter-samples.ts';
import { formatDrainReport, type JudgementCounters } from './drain-report.ts';

function makeEngineCounters(received: Partial<Record<RecordKind, number>>): EngineCounters {
  const all = Object.fromEntries(recordKinds.map((kind) => [kind, received[kind] ?? 0]));
  return { received: all as Record<RecordKind, number>, undecodable: 0 };
}

function listLines(kernel: Counters, engine: EngineCounters): string[] {
  return formatDrainReport({ kernel, engine, judgement: null }).trimEnd().split('\n').slice(1);
}

const noMatches: MatchCounters = {
  ...{ evictedValues: 0, crowdedOutValues: 0, cutValues: 0, setsWithoutOwner: 0, closedEarly: 0 },
  ...{ rules: [], summaries: [], forgottenSummaries: 0 },
  forgotten: { matches: 0, alerts: 0, heldBack: 0, silent: 0 },
};

function report(judgement: Partial<JudgementCounters>): string {
  const processes: ProcessCacheCounters = { ...makeCache().cache.readCounters() };
  return formatDrainReport({
    kernel: makeCounters(),
    engine: makeEngineCounters({}),
    judgement: {
      rules: [],
      matches: noMatches,
      actions: { done: new Map() },
      processes,
      ...judgement,
    },
  });
}

test('a quiet run is its title', () => {
  assert.equal(report({}), 'fimbul: counters\n');
});

test('an operation shows what is not zero, and that it balances', () => {
  const kernel = makeCounters({ open: { seen: 10, approver_dropped: 6, sent: 4 } });
  assert.deepEqual(listLines(kernel, makeEngineCounters({ open: 4 })), [
    '  open: seen=10 approver_dropped=6 sent=4 received=4 (balanced)',
  ]);
});

test('what the kernel lost is accounted for', () => {
  const kernel = makeCounters({ exec: { seen: 3, sent: 1, lost_ring_full: 2 } });
  assert.match(listLines(kernel, makeEngineCounters({ exec: 1 }))[0] ?? '', /\(balanced\)$/);
});

test('what is missing in the kernel or on the way is told with its sign', () => {
  const inKernel = makeCounters({ open: { seen: 10, sent: 7 } });
  assert.match(
    listLines(inKernel, makeEngineCounters({ open: 7 }))[0] ?? '',
    /\(OUT OF BALANCE by 3\)$/,
  );
  const onTheWay = makeCounters({ open: { seen: 10, sent: 10 } });
  assert.match(
    listLines(onTheWay, makeEngineCounters({ open: 8 }))[0] ?? '',
    /\(OUT OF BALANCE by 2\)$/,
  );
  assert.match(
    listLines(onTheWay, makeEngineCounters({ open: 11 }))[0] ?? '',
    /\(OUT OF BALANCE by -1\)$/,
  );
});

test('troubles and skipped runs are told when there are any', () => {
  const [first = '', second = ''] = troubleNames;
  const kernel = makeCounters(
    {},
    {
      troubles: { ...makeCounters().troubles, [first]: 1, [second]: 2 },
      skippedRuns: { sys_exit: 3, other: 0 },
    },
  );
  assert.deepEqual(listLines(kernel, makeEngineCounters({})), [
    `  degraded: ${first}=1 ${second}=2`,
    '  skipped runs: sys_exit=3',
  ]);
});

test('rules that matched are told with what became of it, siblings as the rule they are', () => {
  const text = `rules:
  - { id: a, expression: 'open.file.name == "x"' }
  - { id: b, expression: 'fim.write.file.name == "y"' }
  - { id: c, expression: 'open.file.name == "z"' }
  - { id: d, expression: 'open.file.name == "z"' }`;
  const { rules } = compilePolicies([{ path: 'p', text }]);
  const none = { matches: 0, alerts: 0, heldBack: 0, silent: 0 };
  const counters = rules.map(({ id }) => {
    if (id === 'a') return { ...none, matches: 2, silent: 2 };
    if (id === 'b') return { ...none, matches: 3, heldBack: 2 };
    return id === 'c' ? none : { ...none, matches: 5 };
  });
  const siblings = rules.filter(({ id }) => id === 'b').length;
  assert.ok(siblings > 1);
  const summaries = rules.map(({ id, index, group }) => (id === 'b' && index === group ? 1 : 0));
  const matches = { ...noMatches, rules: counters, summaries };
  assert.equal(
    report({ rules, matches }),
    'fimbul: counters\n' +
      '  rule a: matched=2 silent=2\n' +
      `  rule b: matched=${3 * siblings} suppressed=${2 * siblings} summaries=1\n` +
      '  rule d: matched=5\n',
  );
});

test('actions, and what had to be left out, are told when there is any', () => {
  const done = new Map([
    ['kill not allowed', 3],
    ['log left out', 2],
  ]);
  const memory = { evictedValues: 7, crowdedOutValues: 8 };
  const matches = { ...noMatches, ...memory, closedEarly: 4 };
  const processes = { ...makeCache().cache.readCounters(), incomplete: 5, procRefused: 6 };
  assert.equal(
    report({ actions: { done }, matches, processes }),
    'fimbul: counters\n' +
      '  actions: kill_not_allowed=3 log_left_out=2\n' +
      '  variables: evicted=7 crowded_out=8\n' +
      '  held back: closed_early=4\n' +
      '  processes: incomplete=5 reads_refused=6\n',
  );
});
