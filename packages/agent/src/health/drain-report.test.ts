// SPDX-License-Identifier: Apache-2.0
// The report at the end of a run, line by line.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Counters } from '@fimbul/probe';
import { compilePolicies } from '@fimbul/rules';
import { type RecordKind, recordKinds, troubleNames } from '@fimbul/schema';
import type { EngineCounters } from '../engine/engine.ts';
import { makeCounters } from './counter-samples.ts';
import { formatDrainReport } from './drain-report.ts';

function makeEngineCounters(
  received: Partial<Record<RecordKind, number>>,
  changes: Partial<EngineCounters> = {},
): EngineCounters {
  const all = Object.fromEntries(recordKinds.map((kind) => [kind, received[kind] ?? 0]));
  return {
    received: all as Record<RecordKind, number>,
    matched: [],
    suppressed: [],
    undecodable: 0,
    ...changes,
  };
}

function listLines(kernel: Counters, engine: EngineCounters): string[] {
  return formatDrainReport(kernel, engine, []).trimEnd().split('\n').slice(1);
}

test('a quiet run is its title', () => {
  const report = formatDrainReport(makeCounters(), makeEngineCounters({}), []);
  assert.equal(report, 'fimbul: counters\n');
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

test('rules that matched are told with what they held back', () => {
  const text = `rules:
  - { id: a, expression: 'open.file.name == "x"' }
  - { id: b, expression: 'open.file.name == "y"' }
  - { id: c, expression: 'open.file.name == "z"' }`;
  const { rules } = compilePolicies([{ path: 'p', text }]);
  const engine = makeEngineCounters({}, { matched: [2, 0, 5], suppressed: [0, 0, 4] });
  assert.equal(
    formatDrainReport(makeCounters(), engine, rules),
    'fimbul: counters\n  rule a: matched=2\n  rule c: matched=5 suppressed=4\n',
  );
});
