// SPDX-License-Identifier: Apache-2.0
// The committed budget: what each program took on each kernel when somebody last looked, and by how
// much that may grow unasked. A line for each program and kernel, so that a change shows in review.

import { readFileSync, writeFileSync } from 'node:fs';
import { getSeries, type LoadedProgram, type Measures, measureNames } from './kernel-report.ts';

export type Budget = {
  /** How much more than the recorded number passes. */
  readonly marginPercent: number;
  /** What no program may pass whatever is recorded; changed by hand only. */
  readonly ceilings: Readonly<Partial<Measures>>;
  /** By program, then by kernel series. */
  readonly programs: Readonly<Record<string, Readonly<Record<string, Measures>>>>;
};

const path = new URL('budget.json', import.meta.url);

export function readBudget(): Budget {
  return JSON.parse(readFileSync(path, 'utf8')) as Budget;
}

export function writeBudget(budget: Budget): void {
  writeFileSync(path, formatBudget(budget));
}

/** Records what was measured. Of the series in it, all that was recorded before goes. */
export function updateBudget(budget: Budget, measured: readonly LoadedProgram[]): Budget {
  const renewed = new Set(measured.map(getSeries));
  const rows = Object.entries(budget.programs).flatMap(([program, kernels]) =>
    Object.entries(kernels)
      .filter(([series]) => !renewed.has(series))
      .map(([series, measures]) => ({ program, series, measures })),
  );
  for (const report of measured) {
    const { program, measures } = report;
    rows.push({ program, series: getSeries(report), measures });
  }
  rows.sort((a, b) => compareText(a.program, b.program) || compareSeries(a.series, b.series));
  const programs: Record<string, Record<string, Measures>> = {};
  for (const { program, series, measures } of rows) {
    programs[program] = { ...programs[program], [series]: measures };
  }
  return { ...budget, programs };
}

/** Writes it as the formatter would, with each kernel's row on one line. */
export function formatBudget({ marginPercent, ceilings, programs }: Budget): string {
  const blocks = Object.entries(programs).map(([program, kernels]) => {
    const rows = Object.entries(kernels).map(
      ([series, measures]) => `      ${JSON.stringify(series)}: ${formatRow(measures)}`,
    );
    return `    ${JSON.stringify(program)}: {\n${rows.join(',\n')}\n    }`;
  });
  const lines = [
    `  "marginPercent": ${marginPercent}`,
    `  "ceilings": ${formatRow(ceilings)}`,
    blocks.length === 0 ? '  "programs": {}' : `  "programs": {\n${blocks.join(',\n')}\n  }`,
  ];
  return `{\n${lines.join(',\n')}\n}\n`;
}

/** Orders kernel series: 6.12 is after 6.1 and 6.2. */
export function compareSeries(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA - majorB || minorA - minorB;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function formatRow(measures: Partial<Measures>): string {
  const parts = measureNames
    .filter((name) => measures[name] !== undefined)
    .map((name) => `"${name}": ${measures[name]}`);
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}
