// SPDX-License-Identifier: Apache-2.0
// What is made of the guest's words and of its silence.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeOutcome, parseStatus } from './guest-run.ts';

test('parseStatus reads the exit status only when it is whole', () => {
  assert.deepEqual(parseStatus(''), { hasStarted: false });
  assert.deepEqual(parseStatus('start\n'), { hasStarted: true });
  assert.deepEqual(parseStatus('start\nexit 12'), { hasStarted: true });
  assert.deepEqual(parseStatus('start\nexit 127\n'), { hasStarted: true, exit: 127 });
});

test('describeOutcome says what ended, when and why', () => {
  const console = 'Linux\r\nKernel panic - not syncing: sysrq triggered crash\r\n';
  assert.equal(
    describeOutcome({ kind: 'stopped', hasStarted: true, console }),
    'the guest stopped while the command ran: kernel panic: sysrq triggered crash\n' +
      'its console said:\n  Kernel panic - not syncing: sysrq triggered crash',
  );
  assert.match(
    describeOutcome({ kind: 'timed-out', hasStarted: false, console: 'Linux\n' }),
    /^the time was up before the command started\nits console said:\n {2}Linux$/,
  );
  assert.equal(
    describeOutcome({ kind: 'not-started', diagnostics: 'qemu: no memory' }),
    'qemu could not run the machine: qemu: no memory',
  );
});
