// SPDX-License-Identifier: Apache-2.0
// The summary that a run of the cases prints as its last line, read and turned into subtests.

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { CaseResult } from './case-run.ts';

export type CaseSummary = {
  readonly release: string;
  readonly results: readonly CaseResult[];
};

/** Fewer means that a run ended early, or that somebody lost a table. */
const resultCountMin = 150;

const tailCharacters = 4000;

const summaryStart = '{"results":';

/** Writes the line that says what came of a run. */
export function formatSummary({ release, results }: CaseSummary): string {
  return JSON.stringify({ results, release });
}

/** Finds the summary in what a run printed; null when it did not come to an end. */
export function findSummary(output: string): CaseSummary | null {
  const line = output
    .trimEnd()
    .split('\n')
    .findLast((candidate) => candidate.startsWith(summaryStart));
  return line === undefined ? null : (JSON.parse(line) as CaseSummary);
}

/** What a run that did not come to its end had found wrong until then, and its last words. */
function explainEnd(output: string): string {
  const failures = output.match(/^failed .*\n(?: {10}.*\n)*/gm) ?? [];
  const tail = output.slice(-tailCharacters);
  return ['the run did not come to an end', ...failures, `its last words:\n${tail}`].join('\n');
}

/** Reports each case as a subtest. `output` explains a run that has no summary. */
export async function reportCases(test: TestContext, output: string): Promise<void> {
  const summary = findSummary(output);
  assert.ok(summary, explainEnd(output));
  assert.ok(summary.results.length >= resultCountMin, `only ${summary.results.length} results`);
  for (const { name, outcome, problems, missing } of summary.results) {
    const title = missing === null ? name : `${name}: not on a kernel without ${missing}`;
    await test.test(title, () => {
      assert.notEqual(outcome, 'failed', problems.join('\n'));
    });
  }
}
