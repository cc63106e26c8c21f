// SPDX-License-Identifier: Apache-2.0
// A kernel that refuses our programs, which must not pass for one that costs nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadNative, type Native, ProbeError } from '@fimbul/probe';
import { measurePrograms } from './measure-programs.ts';

function refuseWith(program: string | null): Native {
  const error = new ProbeError({
    code: 'load_refused',
    what: 'load BPF object "fimbul": EACCES: R1 invalid mem access',
    advice: 'report the whole log',
    ...(program === null ? {} : { program }),
  });
  return { ...loadNative(), openObject: () => ({ ok: false, error }) };
}

test('a program that is refused is reported with the words of the kernel', () => {
  const reports = measurePrograms(refuseWith('sys_exit_probed'));
  assert.equal(reports.length, 1);
  const [report] = reports;
  assert.equal(report?.program, 'sys_exit');
  assert.equal(report?.isPlanned, true);
  assert.match(report?.outcome === 'refused' ? report.words : '', /R1 invalid mem access$/);
});

test('a plan that is refused for no one program is reported by its backend', () => {
  const programs = measurePrograms(refuseWith(null)).map(({ program }) => program);
  assert.ok(programs.includes('plan for auto'), programs.join());
});
