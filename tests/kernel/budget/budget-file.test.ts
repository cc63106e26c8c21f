// SPDX-License-Identifier: Apache-2.0
// What `--update` writes, and that the committed file is what would be written.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  type Budget,
  compareSeries,
  formatBudget,
  readBudget,
  updateBudget,
} from './budget-file.ts';
import type { LoadedProgram } from './kernel-report.ts';

const measures = { size: 1, verified: 2, states: 3, peak: 4, stack: 32 };
const empty: Budget = { marginPercent: 15, ceilings: { verified: 500_000 }, programs: {} };

function loaded(program: string, release: string, size: number): LoadedProgram {
  return {
    ...{ release, program, isPlanned: true, outcome: 'loaded', verifiedMax: 1_000_000 },
    ...{ stackParts: [8], timeUs: null, measures: { ...measures, size } },
  };
}

test('the committed budget is as it would be written', () => {
  const text = readFileSync(new URL('budget.json', import.meta.url), 'utf8');
  assert.equal(formatBudget(readBudget()), text);
});

test('programs and kernels are in order, a line for each kernel', () => {
  const reports = [
    loaded('b/x', '6.12.1', 7),
    loaded('b/x', '6.1.9', 8),
    loaded('a/y', '7.2.0', 9),
  ];
  const row = (size: number) =>
    `{ "size": ${size}, "verified": 2, "states": 3, "peak": 4, "stack": 32 }`;
  assert.equal(
    formatBudget(updateBudget(empty, reports)),
    `{
  "marginPercent": 15,
  "ceilings": { "verified": 500000 },
  "programs": {
    "a/y": {
      "7.2": ${row(9)}
    },
    "b/x": {
      "6.1": ${row(8)},
      "6.12": ${row(7)}
    }
  }
}
`,
  );
});

test('an update forgets what is gone from the kernels in it, and keeps the others', () => {
  const before = updateBudget(empty, [
    ...[loaded('gone', '6.1.2', 1), loaded('kept', '6.1.2', 1), loaded('gone', '7.2.0', 1)],
  ]);
  const { programs } = updateBudget(before, [loaded('kept', '6.1.3', 5)]);
  assert.deepEqual(programs, {
    gone: { '7.2': { ...measures, size: 1 } },
    kept: { '6.1': { ...measures, size: 5 } },
  });
});

test('an update keeps the margin and the ceilings', () => {
  const { marginPercent, ceilings } = updateBudget(empty, [loaded('a', '6.1.2', 1)]);
  assert.deepEqual([marginPercent, ceilings], [15, { verified: 500_000 }]);
});

test('kernel series are ordered by number', () => {
  const sorted = ['7.2', '6.12', '5.10', '6.2', '6.1'].sort(compareSeries);
  assert.deepEqual(sorted, ['5.10', '6.1', '6.2', '6.12', '7.2']);
});
