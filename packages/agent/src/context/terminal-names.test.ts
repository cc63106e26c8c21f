// SPDX-License-Identifier: Apache-2.0
// Terminals by device number.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TerminalNames } from './terminal-names.ts';

const names = new TerminalNames(
  [
    '/dev/tty             /dev/tty        5       0 system:/dev/tty',
    '/dev/console         /dev/console    5       1 system:console',
    '/dev/vc/0            /dev/vc/0       4       0 system:vtmaster',
    'usbserial            /dev/ttyUSB   188 0-511 serial',
    'serial               /dev/ttyS       4 64-111 serial',
    'pty_slave            /dev/pts      136 0-1048575 pty:slave',
    'unknown              /dev/tty        4 1-63 console',
    '',
  ].join('\n'),
);

/** As stat packs it. */
function numberOf(major: number, minor: number): number {
  return (minor & 0xff) | (major << 8) | ((minor & 0xfff00) << 12);
}

const cases: readonly (readonly [major: number, minor: number, name: string])[] = [
  [136, 0, 'pts0'],
  [136, 300, 'pts300'],
  [136, 1_000_000, 'pts1000000'],
  [4, 1, 'tty1'],
  [4, 63, 'tty63'],
  [4, 64, 'ttyS0'],
  [4, 66, 'ttyS2'],
  [188, 3, 'ttyUSB3'],
  [240, 5, '240:5'],
];

for (const [major, minor, name] of cases) {
  test(`${major}:${minor} is ${name}`, () => {
    assert.equal(names.find(numberOf(major, minor)), name);
  });
}

test('no terminal has no name', () => assert.equal(names.find(0), ''));

test('a negative number, as stat prints large ones, is read as its bits', () => {
  assert.equal(names.find(numberOf(136, 0x80000) | 0), 'pts524288');
});
