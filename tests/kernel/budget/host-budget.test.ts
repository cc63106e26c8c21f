// SPDX-License-Identifier: Apache-2.0
// The budget on the kernel of this host. The machines' kernels are held to theirs with their cases.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCommand } from '../../../tools/setup/command.ts';
import { rootDirectory } from '../../../tools/setup/paths.ts';
import { parseReports } from './kernel-report.ts';

const timeoutMs = 5 * 60_000;

test('every program that this kernel loads stays within its budget', async () => {
  const { status, output } = await runCommand({
    program: process.execPath,
    args: ['tests/kernel/budget/run.ts', '--json'],
    directory: rootDirectory,
    timeoutMs,
  });
  assert.ok(parseReports(output).length > 0, `nothing was measured:\n${output}`);
  const problems = output.split('\n').filter((line) => line.startsWith('budget: '));
  assert.equal(status, 0, problems.join('\n') || output);
});
