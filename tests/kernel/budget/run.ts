// SPDX-License-Identifier: Apache-2.0
// Holds the programs that the running kernel loads against the budget, as root:
// `build/node tests/kernel/budget/run.ts`. Exit status 1 when a program takes more than it may, is
// refused, or is not there. Prints a table, or with --json a line for each program. --without names
// a backend that the machine was started without, whose programs cannot be there; with --partial it
// was started otherwise than the one that the budget is of, and any program may be missing.

import { parseArgs } from 'node:util';
import { judge } from './budget-check.ts';
import { type Budget, readBudget } from './budget-file.ts';
import { formatLoadTimes, formatTable } from './budget-table.ts';
import { measurePrograms } from './measure-programs.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    partial: { type: 'boolean', default: false },
    without: { type: 'string', multiple: true, default: [] },
  },
});

/** The budget of the programs that can be there; their names begin with that of the backend. */
function readBudgetHere(present: ReadonlySet<string>): Budget {
  const budget = readBudget();
  const programs = Object.entries(budget.programs).filter(
    ([name]) =>
      (!options.partial || present.has(name)) &&
      !options.without.some((backend) => name.startsWith(`${backend}_`)),
  );
  return { ...budget, programs: Object.fromEntries(programs) };
}

const reports = measurePrograms();
const { verdicts, problems } = judge(
  readBudgetHere(new Set(reports.map(({ program }) => program))),
  reports,
);
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
