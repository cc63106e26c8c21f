// SPDX-License-Identifier: Apache-2.0
// Holds what a kernel made of the programs against the budget. A program that no longer loads, or
// that was measured and is not any more, fails like one that has grown: either way nobody looked.

import type { Budget } from './budget-file.ts';
import {
  getSeries,
  type LoadedProgram,
  type MeasureName,
  type Measures,
  measureNames,
  type ProgramReport,
} from './kernel-report.ts';

/** Small numbers may grow by this much, of which the margin would allow next to nothing. */
const slack = 16;

const remedy = 'see why, then run "npm run budget -- --update"';

export type Verdict = {
  readonly report: ProgramReport;
  /** The measure that is nearest to what is allowed; null when nothing was measured or allowed. */
  readonly nearest: Share | null;
  readonly problems: readonly string[];
};

type Share = {
  readonly measure: MeasureName;
  readonly budgeted: number;
  readonly allowed: number;
  /** What was used of what is allowed: above 1 is too much. */
  readonly share: number;
};

export type Judgement = {
  readonly verdicts: readonly Verdict[];
  /** All problems, those of no program too, each with the program and the kernel it is about. */
  readonly problems: readonly string[];
};

/** Judges what was measured on one kernel or on several. */
export function judge(budget: Budget, reports: readonly ProgramReport[]): Judgement {
  const verdicts = reports.map((report) => judgeProgram(budget, report));
  const problems = verdicts.flatMap(({ report, problems }) =>
    problems.map((problem) => `${report.program} on ${report.release}: ${problem}`),
  );
  return { verdicts, problems: [...problems, ...findMissing(budget, reports)] };
}

function judgeProgram(budget: Budget, report: ProgramReport): Verdict {
  if (report.outcome === 'refused') {
    return { report, nearest: null, problems: [`the kernel refused it: ${report.words}`] };
  }
  const high = findHigh(budget, report);
  const row = findRow(budget, report);
  if (row === null) {
    return { report, nearest: null, problems: [`it has no budget: ${remedy}`, ...high] };
  }
  const shares = measureNames.map((measure) => getShare(budget, report, { measure, row }));
  const over = shares.filter(({ share }) => share > 1);
  return {
    report,
    nearest: shares.reduce((a, b) => (b.share > a.share ? b : a)),
    problems: [...over.map((share) => describeExcess(report, share)), ...high],
  };
}

/** Finds the programs that the budget knows on these kernels and that were not there. */
function findMissing(budget: Budget, reports: readonly ProgramReport[]): readonly string[] {
  const series = new Set(reports.map(getSeries));
  const present = new Set(reports.map((report) => `${report.program} ${getSeries(report)}`));
  return Object.entries(budget.programs).flatMap(([program, kernels]) =>
    Object.keys(kernels)
      .filter((name) => series.has(name) && !present.has(`${program} ${name}`))
      .map((name) => `${program} is in the budget for Linux ${name} and was not there: ${remedy}`),
  );
}

/** A kernel that nobody measured is held to the most that the program takes on any other. */
function findRow(budget: Budget, report: ProgramReport): Measures | null {
  const kernels = budget.programs[report.program] ?? {};
  const own = kernels[getSeries(report)];
  if (own !== undefined) return own;
  const [first, ...others] = Object.values(kernels);
  if (first === undefined) return null;
  return others.reduce((most, row) => {
    const entries = measureNames.map((name) => [name, Math.max(most[name], row[name])] as const);
    return Object.fromEntries(entries) as Measures;
  }, first);
}

function getShare(
  budget: Budget,
  report: LoadedProgram,
  { measure, row }: { readonly measure: MeasureName; readonly row: Measures },
): Share {
  const budgeted = row[measure];
  const margin = Math.max((budgeted * budget.marginPercent) / 100, slack);
  const allowed = Math.floor(budgeted + margin);
  return { measure, budgeted, allowed, share: report.measures[measure] / allowed };
}

function describeExcess(report: LoadedProgram, { measure, budgeted, allowed }: Share): string {
  const measured = report.measures[measure];
  return `${measure} ${measured}, the budget is ${budgeted} and allows ${allowed}: ${remedy}`;
}

function findHigh(budget: Budget, report: LoadedProgram): readonly string[] {
  return measureNames.flatMap((measure) => {
    const ceiling = budget.ceilings[measure];
    if (ceiling === undefined || report.measures[measure] <= ceiling) return [];
    const measured = `${measure} ${report.measures[measure]}`;
    return [`${measured} is above the ceiling of ${ceiling} for all programs: make it smaller`];
  });
}
