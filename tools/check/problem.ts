// SPDX-License-Identifier: Apache-2.0
// What a check found, in the form that editors and people can follow: path, line, words.

export type Problem = {
  /** Relative to the checkout. */
  readonly path: string;
  /** Counted from 1; absent when the problem is about the whole file. */
  readonly line?: number;
  /** Names the rule, for tidy-exceptions.ts. */
  readonly rule: string;
  /** What is wrong and what to do. */
  readonly message: string;
};

/** Formats a problem as one line. */
export function formatProblem(problem: Problem): string {
  const place = problem.line === undefined ? problem.path : `${problem.path}:${problem.line}`;
  return `${place}: ${problem.message} [${problem.rule}]`;
}
