// SPDX-License-Identifier: Apache-2.0
// The table as people see it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from './budget-check.ts';
import { formatLoadTimes, formatTable } from './budget-table.ts';
import type { ProgramReport } from './kernel-report.ts';

const measures = { size: 100, verified: 200_000, states: 30, peak: 20, stack: 96 };

const reports: readonly ProgramReport[] = [
  {
    ...{ release: '6.12.1', program: 'a/x', isPlanned: true, outcome: 'loaded', measures },
    ...{ stackParts: [40, 8], verifiedMax: 1_000_000, timeUs: 1500 },
  },
  {
    ...{ release: '6.1.9', program: 'a/x', isPlanned: true, outcome: 'loaded' },
    ...{ measures: { ...measures, verified: 250_000 }, stackParts: [40, 8] },
    ...{ verifiedMax: 1_000_000, timeUs: null },
  },
  { release: '6.1.9', program: 'b/y', isPlanned: false, outcome: 'refused', words: 'EINVAL' },
];

const budget = {
  marginPercent: 10,
  ceilings: {},
  programs: { 'a/x': { '6.1': measures, '6.12': measures } },
};

test('a row for each program and kernel, with what is too much marked', () => {
  const rows = formatTable(judge(budget, reports).verdicts)
    .split('\n')
    .map((line) => line.trim().split(/ {2,}/).join('|'));
  assert.deepEqual(rows, [
    'program|kernel|plan|size|verified|limit|states|peak|stack|parts|ms|nearest|allowed|used',
    'a/x|6.1|yes|100|250000|25%|30|20|96|40+8|verified|220000|114% !',
    'a/x|6.12|yes|100|200000|20%|30|20|96|40+8|1.5|verified|220000|91%',
    'b/y|6.1|REFUSED',
    '',
  ]);
});

test('the time that the plan of each kernel took', () => {
  const times = formatLoadTimes(judge(budget, reports).verdicts);
  assert.equal(times, '6.12.1 verified its plan in 1.5 ms\n');
});
