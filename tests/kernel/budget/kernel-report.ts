// SPDX-License-Identifier: Apache-2.0
// What one kernel made of our programs, as a run hands it on: a JSON line for each program. A
// program that both reads of kernel structs exist for (`X`, `X_probed`) goes by the name `X`.

import { readSeries } from '../kernel-features.ts';

export const measureNames = ['size', 'verified', 'states', 'peak', 'stack'] as const;

/**
 * `size` is what is left of the program after translation, in instructions; `verified` what the
 * verifier stepped through; `states` and `peak` what it kept; `stack` bounds the bytes of stack.
 */
export type MeasureName = (typeof measureNames)[number];

export type Measures = Readonly<Record<MeasureName, number>>;

export type ProgramReport = {
  readonly release: string;
  /** The object's name and the program's: `tracepoint/sys_exit`. */
  readonly program: string;
  /** Whether it stands in the plan for this kernel, or only in a backend that loads here. */
  readonly isPlanned: boolean;
} & (
  | {
      readonly outcome: 'loaded';
      readonly measures: Measures;
      readonly stackParts: readonly number[];
      readonly verifiedMax: number;
      readonly timeUs: number | null;
    }
  /** The kernel refused it; what it said. */
  | { readonly outcome: 'refused'; readonly words: string }
);

export type LoadedProgram = Extract<ProgramReport, { outcome: 'loaded' }>;

/** The series of the kernel that a report is from. */
export function getSeries({ release }: ProgramReport): string {
  return readSeries(release);
}

/** Finds the reports among the lines that a run printed. */
export function parseReports(output: string): readonly ProgramReport[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{"release":') && line.includes('"program":'))
    .map((line) => JSON.parse(line) as ProgramReport);
}

/** Leaves one report of each program: that it was refused, or else the one that costs most. */
export function mergeReports(reports: readonly ProgramReport[]): readonly ProgramReport[] {
  const merged = new Map<string, ProgramReport>();
  for (const report of reports) {
    const other = merged.get(report.program);
    const isPlanned = report.isPlanned || other?.isPlanned === true;
    const dearest = other === undefined || getCost(report) > getCost(other) ? report : other;
    merged.set(report.program, { ...dearest, isPlanned });
  }
  return [...merged.values()];
}

function getCost(report: ProgramReport): number {
  return report.outcome === 'refused' ? Number.POSITIVE_INFINITY : report.measures.verified;
}
