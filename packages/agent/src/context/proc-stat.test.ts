// SPDX-License-Identifier: Apache-2.0
// Text of /proc, hostile as processes can make it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCmdline, parseProcStat, parseProcStatus } from './proc-stat.ts';

function statOf(comm: string, flags = 4194304): string {
  return (
    `42 (${comm}) S 7 42 42 34816 42 ${flags} 1 2 3 4 5 6 7 8 20 0 3 0 987654321 1000 50 ` +
    '18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0\n'
  );
}

test('stat is taken apart', () => {
  assert.deepEqual(parseProcStat(statOf('bash')), {
    comm: 'bash',
    state: 'S',
    ppid: 7,
    terminal: 34816,
    threads: 3,
    startTicks: 987654321n,
    isKernelThread: false,
    isForkCopy: false,
  });
});

for (const comm of [') (', 'a) R 1 1', '(', ')', '', ' ', 'a\nb) S 1', '\xff\xfe', '((sd-pam))']) {
  test(`a command name of ${JSON.stringify(comm)} hides nothing`, () => {
    const stat = parseProcStat(statOf(comm));
    assert.equal(stat?.comm, comm);
    assert.equal(stat.ppid, 7);
    assert.equal(stat.startTicks, 987654321n);
  });
}

test('flags tell kernel threads and fork copies', () => {
  assert.equal(parseProcStat(statOf('kthreadd', 0x00208040))?.isKernelThread, true);
  assert.equal(parseProcStat(statOf('bash', 0x40))?.isForkCopy, true);
});

test('what is no stat is refused', () => {
  for (const text of ['', '42', '42 (a', '42 (a) S 7', ') (']) {
    assert.equal(parseProcStat(text), null);
  }
});

const status =
  'Name:\ta\\nUid:\\t0\nState:\tS (sleeping)\nUid:\t1000\t1001\t1002\t1003\n' +
  'Gid:\t4294967294\t5\t6\t7\nCapPrm:\t000001ffffffffff\nCapEff:\t0000010000000000\n';

test('status has real, effective and filesystem ids, and capabilities above bit 31', () => {
  assert.deepEqual(parseProcStatus(status), {
    uid: 1000,
    gid: 4294967294,
    euid: 1001,
    egid: 5,
    fsuid: 1003,
    fsgid: 7,
    capEffective: 1n << 40n,
    capPermitted: 0x1ffffffffffn,
  });
  assert.equal(parseProcStatus('Name:\tx\n'), null);
});

test('arguments are split at NULs, newlines and bytes kept', () => {
  assert.deepEqual(parseCmdline('a\0b\nc\0\xff\0', 100).argv, ['a', 'b\nc', '\xff']);
  assert.deepEqual(parseCmdline('a\0\0b\0', 100).argv, ['a', '', 'b']);
  assert.deepEqual(parseCmdline('', 100).argv, []);
  assert.deepEqual(parseCmdline('no NUL at all', 100).argv, ['no NUL at all']);
});

test('a title padded with NULs is one argument', () => {
  assert.deepEqual(parseCmdline('nginx: worker\0\0\0\0\0', 100).argv, ['nginx: worker']);
});

test('arguments beyond the limit are cut, and say so', () => {
  assert.deepEqual(parseCmdline('abc\0def\0', 5), { argv: ['abc', 'd'], isTruncated: true });
  assert.equal(parseCmdline('abc\0', 4).isTruncated, false);
});
