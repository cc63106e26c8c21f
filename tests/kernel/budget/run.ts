// SPDX-License-Identifier: Apache-2.0
// Holds the programs that the running kernel loads against the budget, as root:
// `build/node tests/kernel/budget/run.ts`. Exit status 1 when a program takes more than it may, is
// refused, or is not there. Prints a table, or with --json a line for each program.

import { parseArgs } from 'node:util';
import { judge } from './budget-check.ts';
import { readBudget } from './budget-file.ts';
import { formatLoadTimes, formatTable } from './budget-table.ts';
import { measurePrograms } from './measure-programs.ts';

const { values: options } = parseArgs({ options: { json: { type: 'boolean', default: false } } });

const reports = measurePrograms();
const { verdicts, problems } = judge(readBudget(), reports);
if (options.json) {
  for (const { report, problems } of verdicts) {
    console.log(JSON.stringify({ ...report, problems }));
  }
} else {
  process.stdout.write(formatTable(verdicts));
  process.stdout.write(formatLoadTimes(verdicts));
}
for (const problem of problems) console.error(`budget: ${problem}`);
if (reports.length === 0) console.error('budget: this kernel has no plan: run "fimbul doctor"');
process.exitCode = problems.length > 0 || reports.length === 0 ? 1 : 0;
