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
    lines: [
      '[    5.1] Kernel panic - not syncing: Fatal exception in interrupt',
      '[    5.2] Kernel Offset: disabled',
      '[    5.3] ---[ end Kernel panic - not syncing: Fatal exception in interrupt ]---',
    ],
  });
});

test('readConsole shows an oops from its beginning', () => {
  const oops = [
    '[    9.0] BUG: kernel NULL pointer dereference, address: 0000000000000000',
    ...Array.from({ length: 30 }, (_, index) => `[    9.1] register ${index}`),
    '[    9.2] Kernel panic - not syncing: Fatal exception',
  ];
  const { reason, lines } = readConsole(['[    1.0] Linux', ...oops].join('\r\n'));
  assert.equal(reason, 'kernel panic: Fatal exception');
  assert.deepEqual(lines, oops);
});

test('readConsole takes the word of the init script', () => {
  const text = 'fimbul-vm: cannot mount the 9p share host\r\nreboot: Restarting system\r\n';
  assert.equal(readConsole(text).reason, 'cannot mount the 9p share host');
});

test('readConsole keeps the last lines and knows no reason where none is given', () => {
  const { reason, lines } = readConsole(
    Array.from({ length: 100 }, (_, index) => `line ${index}`).join('\n'),
  );
  assert.equal(reason, undefined);
  assert.equal(lines.length, 20);
  assert.equal(lines.at(-1), 'line 99');
  assert.deepEqual(readConsole(''), { lines: [] });
});
