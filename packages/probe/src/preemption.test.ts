// SPDX-License-Identifier: Apache-2.0
// Versions as distributions' kernels have them, with every value of the variable.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describePreemption, isChosenAtBoot } from './preemption.ts';

const debian = '#1 SMP PREEMPT_DYNAMIC Debian 6.12.117-1 (2026-11-12)';

test('what is chosen at boot comes from the variable alone', () => {
  assert.equal(isChosenAtBoot(debian), true);
  assert.deepEqual(
    [0, 1, 2, 3].map((mode) => describePreemption(debian, mode)),
    ['none', 'voluntary', 'full', 'lazy'],
  );
});

test('a variable that says nothing is never taken for a kernel that does not preempt', () => {
  for (const mode of [null, -1, 4, 1.5]) assert.equal(describePreemption(debian, mode), 'unknown');
});

test('what is fixed when building comes from the version', () => {
  const expected = {
    '#1 SMP Debian 5.10.262-1 (2026-07-31)': 'voluntary',
    '#1 SMP PREEMPT Tue Nov 3 09:00:00 UTC 2026': 'preemptible',
    '#1 SMP PREEMPT_RT Debian 6.12.117-1 (2026-11-12)': 'preemptible',
    '#1 SMP PREEMPT_LAZY Debian 7.2.13-1': 'preemptible',
    '#1 SMP Built by PREEMPTORY builders': 'voluntary',
  };
  for (const [version, preemption] of Object.entries(expected)) {
    assert.equal(isChosenAtBoot(version), false);
    assert.equal(describePreemption(version, null), preemption, version);
  }
});
