// SPDX-License-Identifier: Apache-2.0
// Reading a guest's console.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConsole } from './guest-console.ts';

test('readConsole finds a panic, without control sequences', () => {
  const text =
    '\u001bc\u001b[?7l\u001b[2J[    1.0] Linux\r\n\r\n' +
    '[    5.1] Kernel panic - not syncing: Fatal exception in interrupt\r\n' +
    '[    5.2] \u001b[1;31mKernel Offset: disabled\u001b[0m\r\n' +
    '[    5.3] ---[ end Kernel panic - not syncing: Fatal exception in interrupt ]---\r\n';
  assert.deepEqual(readConsole(text), {
    reason: 'kernel panic: Fatal exception in interrupt',
    tail: [
      '[    1.0] Linux',
      '[    5.1] Kernel panic - not syncing: Fatal exception in interrupt',
      '[    5.2] Kernel Offset: disabled',
      '[    5.3] ---[ end Kernel panic - not syncing: Fatal exception in interrupt ]---',
    ],
  });
});

test('readConsole takes the word of the init script', () => {
  const text = 'fimbul-vm: cannot mount the 9p share host\r\nreboot: Restarting system\r\n';
  assert.equal(readConsole(text).reason, 'cannot mount the 9p share host');
});

test('readConsole keeps the last lines and knows no reason where none is given', () => {
  const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`);
  const { reason, tail } = readConsole(lines.join('\n'));
  assert.equal(reason, undefined);
  assert.equal(tail.length, 20);
  assert.equal(tail.at(-1), 'line 99');
  assert.deepEqual(readConsole(''), { tail: [] });
});
