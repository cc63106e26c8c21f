// SPDX-License-Identifier: Apache-2.0
// Reports on their way from a run to who judges them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  getSeries,
  type LoadedProgram,
  mergeReports,
  type ProgramReport,
  parseReports,
} from './kernel-report.ts';

function loaded(program: string, verified: number, isPlanned: boolean): LoadedProgram {
  return {
    ...{ release: '6.12.117+deb13-amd64', program, isPlanned, outcome: 'loaded', timeUs: 15 },
    ...{ measures: { size: 100, verified, states: 30, peak: 20, stack: 96 } },
    ...{ stackParts: [40, 8], verifiedMax: 1_000_000 },
  };
}

const refused: ProgramReport = {
  ...{ release: '6.1.0-56-amd64', program: 'b', isPlanned: false, outcome: 'refused' },
  words: 'load BPF object "fimbul", program "b": EINVAL: R1 invalid mem access',
};

test('reports are found among other output, and are what was printed', () => {
  const reports = [loaded('a', 10, true), refused];
  const printed = reports.map((report) => JSON.stringify(report));
  const output = ['warning: something', ...printed, '{"release":"6.1","results":[]}', ''];
  assert.deepEqual(parseReports(output.join('\n')), reports);
});

test('the series of a report is that of its kernel', () => {
  assert.deepEqual([loaded('a', 10, true), refused].map(getSeries), ['6.12', '6.1']);
});

test('of several reports of a program the dearest stays, planned if any was', () => {
  const merged = mergeReports([
    ...[loaded('a', 10, true), loaded('b', 7, false)],
    ...[loaded('a', 20, false), loaded('b', 5, false)],
  ]);
  assert.deepEqual(merged, [loaded('a', 20, true), loaded('b', 7, false)]);
});

test('a program that was refused once was refused', () => {
  for (const reports of [
    [loaded('b', 10, true), refused],
    [refused, loaded('b', 10, true)],
  ]) {
    assert.deepEqual(mergeReports(reports), [{ ...refused, isPlanned: true }]);
  }
});
