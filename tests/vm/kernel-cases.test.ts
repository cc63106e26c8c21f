// SPDX-License-Identifier: Apache-2.0
// Every kernel case with every backend under Debian's kernels, and the budget of the programs
// there. Two machines run side by side, each on one thread of the host.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findMissingPackages, installPackages } from '../../tools/setup/debian-packages.ts';
import { kernelSeries } from '../../tools/vm/kernel-series.ts';
import { parseReports } from '../kernel/budget/kernel-report.ts';
import { reportCases } from '../kernel/case-summary.ts';
import { buildOperations } from '../kernel/operations.ts';
import { describeMachine, kernelMachines, runMachine } from './kernel-machine.ts';

const machinesAtOnce = 2;

test('every kernel has a machine, and one machine is without programs of security modules', () => {
  const names = kernelMachines.map(({ series }) => series);
  assert.deepEqual(names.toSorted(), kernelSeries.map(({ name }) => name).toSorted());
  assert.equal(kernelMachines.filter(({ without }) => without.includes('lsm')).length, 1);
});

describe('kernel cases', { concurrency: machinesAtOnce }, async () => {
  const missing = await findMissingPackages(['test']);
  if (missing.length > 0) await installPackages(missing);
  // A machine cannot write to the checkout.
  await buildOperations();
  for (const machine of kernelMachines) {
    test(describeMachine(machine), async (context) => {
      const output = await runMachine(machine, context.signal);
      await context.test('every program stays within its budget', () => {
        assert.ok(parseReports(output).length > 0, `nothing was measured:\n${output.slice(-4000)}`);
        const problems = output.split('\n').filter((line) => line.startsWith('budget: '));
        assert.deepEqual(problems, []);
      });
      await reportCases(context, output);
    });
  }
});
