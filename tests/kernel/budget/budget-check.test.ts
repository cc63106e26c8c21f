// SPDX-License-Identifier: Apache-2.0
// What passes, what does not, and in which words.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judge } from './budget-check.ts';
import type { Budget } from './budget-file.ts';
import type { LoadedProgram, Measures, ProgramReport } from './kernel-report.ts';

const measures: Measures = { size: 1000, verified: 10_000, states: 40, peak: 20, stack: 64 };
const program = 'tracepoint/sys_exit';

const budget: Budget = {
  marginPercent: 15,
  ceilings: { verified: 50_000 },
  programs: {
    [program]: {
      '6.1': { ...measures, verified: 20_000, size: 900 },
      '6.12': measures,
    },
  },
};

function loaded(release: string, changes: Partial<Measures> = {}): LoadedProgram {
  return {
    ...{ release, program, isPlanned: true, outcome: 'loaded', verifiedMax: 1_000_000 },
    ...{ stackParts: [64], timeUs: 100, measures: { ...measures, ...changes } },
  };
}

function findProblems(...reports: readonly ProgramReport[]): readonly string[] {
  return judge(budget, reports).problems;
}

describe('a program within its budget', () => {
  it('passes as it was recorded, up to the margin', () => {
    assert.deepEqual(findProblems(loaded('6.12.1')), []);
    assert.deepEqual(findProblems(loaded('6.12.1', { size: 1150, verified: 11_500 })), []);
  });

  it('passes with small numbers a little higher', () => {
    assert.deepEqual(findProblems(loaded('6.12.1', { states: 56, peak: 36 })), []);
  });

  it('is held to the row of its own kernel', () => {
    assert.deepEqual(findProblems(loaded('6.1.0-9', { verified: 20_000, size: 900 })), []);
    assert.equal(findProblems(loaded('6.1.0-9', { size: 1100 })).length, 1);
  });

  it('tells the measure that is nearest to what is allowed', () => {
    const { verdicts } = judge(budget, [loaded('6.12.1', { verified: 11_500, states: 10 })]);
    assert.deepEqual(verdicts[0]?.nearest, {
      ...{ measure: 'verified', budgeted: 10_000, allowed: 11_500, share: 1 },
    });
  });
});

describe('a program over its budget', () => {
  it('fails by one, for each measure', () => {
    const over = { size: 1151, verified: 11_501, states: 57, peak: 37, stack: 96 };
    for (const [name, value] of Object.entries(over)) {
      const problems = findProblems(loaded('6.12.1', { [name]: value }));
      assert.equal(problems.length, 1, name);
      assert.match(problems[0] ?? '', new RegExp(`^${program} on 6.12.1: ${name} ${value}, `));
      assert.match(problems[0] ?? '', /npm run budget -- --update/);
    }
  });

  it('fails on a kernel without a row when it is over the most of all others', () => {
    assert.deepEqual(findProblems(loaded('6.20.1', { verified: 23_000 })), []);
    assert.equal(findProblems(loaded('6.20.1', { verified: 23_001 })).length, 1);
  });

  it('fails above the ceiling whatever was recorded', () => {
    const generous = {
      ...budget,
      programs: { [program]: { '6.12': { ...measures, verified: 1e6 } } },
    };
    const { problems } = judge(generous, [loaded('6.12.1', { verified: 50_001 })]);
    assert.match(problems.join(), /verified 50001 is above the ceiling of 50000/);
  });
});

describe('what nobody looked at', () => {
  it('fails for a program that has no budget', () => {
    const report = { ...loaded('6.12.1'), program: 'lsm/path_rename' };
    const problems = findProblems(loaded('6.12.1'), report);
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? '', /^lsm\/path_rename on 6\.12\.1: it has no budget/);
  });

  it('fails for a program that the kernel refused, with its words', () => {
    const words = 'load BPF object "fimbul": E2BIG: BPF program is too large';
    const problems = findProblems({
      ...{ release: '6.12.1', program, isPlanned: false, outcome: 'refused', words },
    });
    assert.deepEqual(problems, [`${program} on 6.12.1: the kernel refused it: ${words}`]);
  });

  it('fails for a program that is not there any more, on kernels that were asked', () => {
    const other = { ...loaded('6.1.0-9'), program: 'tracepoint/other' };
    const missing = findProblems(other).filter((problem) => problem.includes('was not there'));
    assert.equal(missing.length, 1);
    assert.match(missing[0] ?? '', /^tracepoint\/sys_exit is in the budget for Linux 6\.1 /);
  });
});
