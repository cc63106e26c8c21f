// SPDX-License-Identifier: Apache-2.0
// Capabilities as /proc shows them, and which of them are enough.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayLoadPrograms, parseEffectiveCapabilities } from './privilege.ts';

test('parseEffectiveCapabilities: the effective ones among all', () => {
  const status =
    'CapInh:\t0000000000000000\nCapPrm:\t0000000000000001\nCapEff:\t000001ffffffffff\n';
  assert.equal(parseEffectiveCapabilities(status), 0x1ffffffffffn);
});

test('parseEffectiveCapabilities: null without the line', () => {
  assert.equal(parseEffectiveCapabilities('Name:\tnode\n'), null);
});

test('mayLoadPrograms: CAP_SYS_ADMIN alone, or CAP_BPF with CAP_PERFMON', () => {
  assert.equal(mayLoadPrograms(1n << 21n), true);
  assert.equal(mayLoadPrograms((1n << 39n) | (1n << 38n)), true);
  assert.equal(mayLoadPrograms(1n << 39n), false);
  assert.equal(mayLoadPrograms(1n << 38n), false);
});

test('mayLoadPrograms: not what Docker leaves to a container', () => {
  assert.equal(mayLoadPrograms(0xa80425fbn), false);
});
