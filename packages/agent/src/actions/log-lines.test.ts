// SPDX-License-Identifier: Apache-2.0
// Lines of rules: escaped, cut, and no more than a number in a second.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogLines } from './log-lines.ts';

const second = 1_000_000_000n;

function makeLog() {
  const lines: string[] = [];
  const log = new LogLines((text) => lines.push(text) > 0);
  const write = (message: string, timeNs = 0n): boolean =>
    log.write({ level: 'info', ruleId: 'r', message, timeNs });
  return { log, lines, write };
}

test('a line says its level, its rule and the message', () => {
  const { log, lines } = makeLog();
  assert.ok(log.write({ level: 'error', ruleId: 'bad', message: 'caf\xc3\xa9', timeNs: 5n }));
  assert.deepEqual(lines, ['fimbul: log error rule bad: café\n']);
});

test('what would make another line or drive a terminal is escaped', () => {
  const { lines, write } = makeLog();
  write('a\nfimbul: ready\r\x1b[2J\xc2\x9b');
  assert.deepEqual(lines, ['fimbul: log info rule r: a\\x0afimbul: ready\\x0d\\x1b[2J\\x9b\n']);
});

test('a long message is cut', () => {
  const { lines, write } = makeLog();
  write('x'.repeat(100_000));
  assert.ok((lines[0] ?? '').length < 5000);
  assert.ok(lines[0]?.endsWith('x…\n'));
});

test('a flood is counted, and told when its second is over', () => {
  const { log, lines, write } = makeLog();
  const written = Array.from({ length: 1000 }, () => write('x', second - 1n));
  assert.equal(written.filter(Boolean).length, 100);
  assert.equal(lines.length, 100);
  assert.ok(!write('x', 2n * second - 2n));
  assert.ok(write('next', 2n * second - 1n));
  assert.deepEqual(lines.slice(100), [
    'fimbul: log: 901 more lines of rules were left out\n',
    'fimbul: log info rule r: next\n',
  ]);
  assert.deepEqual(log.counters, { written: 101, leftOut: 901 });
});

test('a line that nobody takes is one that was left out', () => {
  const taken: string[] = [];
  let isRead = false;
  const log = new LogLines((text) => isRead && taken.push(text) > 0);
  const write = (): boolean => log.write({ level: 'info', ruleId: 'r', message: 'x', timeNs: 0n });
  for (let count = 0; count < 102; count += 1) assert.ok(!write());
  assert.deepEqual(log.counters, { written: 0, leftOut: 102 });
  log.tellLeftOut();
  isRead = true;
  log.tellLeftOut();
  assert.deepEqual(taken, ['fimbul: log: 2 more lines of rules were left out\n']);
});

test('what was left out is told at a look, once', () => {
  const { log, lines, write } = makeLog();
  for (let count = 0; count < 103; count += 1) write('x');
  log.tellLeftOut();
  log.tellLeftOut();
  assert.equal(lines.filter((line) => line.includes('left out')).length, 1);
  assert.match(lines.at(-1) ?? '', / 3 more /);
});
