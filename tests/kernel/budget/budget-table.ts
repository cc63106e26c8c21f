// SPDX-License-Identifier: Apache-2.0
// What was measured, for people: a row for each program and kernel, kernels of a program together.

import type { Verdict } from './budget-check.ts';
import { compareSeries } from './budget-file.ts';
import { getSeries } from './kernel-report.ts';

const columns = [
  'program',
  'kernel',
  'plan',
  'size',
  'verified',
  'limit',
  'states',
  'peak',
  'stack',
  'parts',
  'ms',
  'nearest',
  'allowed',
  'used',
] as const;

/** Columns of words; numbers stand to the right. */
const wordColumns = new Set<string>(['program', 'kernel', 'plan', 'parts', 'nearest']);

type Row = Readonly<Record<(typeof columns)[number], string>>;

/** Formats a table with a heading and a row for each verdict. */
export function formatTable(verdicts: readonly Verdict[]): string {
  const sorted = verdicts.toSorted(
    ({ report: a }, { report: b }) =>
      a.program.localeCompare(b.program) || compareSeries(getSeries(a), getSeries(b)),
  );
  const heading = Object.fromEntries(columns.map((name) => [name, name])) as Row;
  const rows = [heading, ...sorted.map(describe)];
  const widths = columns.map((name) => Math.max(...rows.map((row) => row[name].length)));
  const lines = rows.map((row) =>
    columns
      .map((name, index) => {
        const width = widths[index] ?? 0;
        return wordColumns.has(name) ? row[name].padEnd(width) : row[name].padStart(width);
      })
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

/** Formats, for each kernel, how long it verified what is in its plan: a part of each start. */
export function formatLoadTimes(verdicts: readonly Verdict[]): string {
  const times = new Map<string, number>();
  for (const { report } of verdicts) {
    if (!report.isPlanned || report.outcome === 'refused' || report.timeUs === null) continue;
    times.set(report.release, (times.get(report.release) ?? 0) + report.timeUs);
  }
  return [...times]
    .map(([release, timeUs]) => `${release} verified its plan in ${formatMs(timeUs)} ms\n`)
    .join('');
}

function describe({ report, nearest, problems }: Verdict): Row {
  const name = {
    program: report.program,
    kernel: getSeries(report),
    plan: report.isPlanned ? 'yes' : '',
  };
  if (report.outcome === 'refused') return { ...emptyRow, ...name, nearest: 'REFUSED' };
  const { size, verified, states, peak, stack } = report.measures;
  return {
    ...name,
    size: String(size),
    verified: String(verified),
    limit: formatPercent(verified / report.verifiedMax),
    states: String(states),
    peak: String(peak),
    stack: String(stack),
    parts: report.stackParts.join('+'),
    ms: report.timeUs === null ? '' : formatMs(report.timeUs),
    nearest: nearest?.measure ?? '',
    allowed: nearest === null ? '' : String(nearest.allowed),
    used: (nearest === null ? '' : formatPercent(nearest.share)) + (problems[0] ? ' !' : ''),
  };
}

const emptyRow = Object.fromEntries(columns.map((name) => [name, ''])) as Row;

function formatPercent(share: number): string {
  return `${(share * 100).toFixed(0)}%`;
}

function formatMs(timeUs: number): string {
  return (timeUs / 1000).toFixed(1);
}
