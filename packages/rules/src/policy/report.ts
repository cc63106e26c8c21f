// SPDX-License-Identifier: Apache-2.0
// Collects the problems of a compilation, each once, however many rules run into it.

import type { Diagnostic } from '../diagnostics.ts';
import type { Place } from '../source-text.ts';

export type Report = {
  readonly diagnostics: Diagnostic[];
  readonly seen: Set<string>;
};

export function createReport(): Report {
  return { diagnostics: [], seen: new Set() };
}

/** Adds problems; `rule` is the macro or rule that is being compiled. */
export function addProblems(
  report: Report,
  problems: readonly Diagnostic[],
  rule: string | null,
): void {
  for (const problem of problems) {
    const { code, file, line, column, message } = problem;
    const key = JSON.stringify([code, file, line, column, message]);
    if (report.seen.has(key)) continue;
    report.seen.add(key);
    report.diagnostics.push({ ...problem, rule: problem.rule ?? rule });
  }
}

/** Says where something stands, in one word. */
export function showPlace({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}

/** Sorts by file in load order, then by place. */
export function sortDiagnostics(
  diagnostics: readonly Diagnostic[],
  paths: readonly string[],
): Diagnostic[] {
  const order = new Map(paths.map((path, index) => [path, index]));
  const rank = (diagnostic: Diagnostic): number => order.get(diagnostic.file) ?? 0;
  return diagnostics.toSorted(
    (left, right) =>
      rank(left) - rank(right) || left.line - right.line || left.column - right.column,
  );
}
