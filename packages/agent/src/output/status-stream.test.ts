// SPDX-License-Identifier: Apache-2.0
// Messages to a pipe that is read late, never, or not any more.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { StatusStream } from './status-stream.ts';

const { O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = constants;
const line = `${'x'.repeat(9_999)}\n`;
let directory = '';
let pipePath = '';

before(() => {
  directory = mkdtempSync(join(tmpdir(), 'fimbul-status-'));
  pipePath = join(directory, 'pipe');
  execFileSync('mkfifo', [pipePath]);
});

after(() => rmSync(directory, { recursive: true }));

/** Reads what is there now. */
function readPresent(descriptor: number): string {
  const piece = Buffer.alloc(1024 * 1024);
  try {
    return piece.toString('utf8', 0, readSync(descriptor, piece));
  } catch {
    return '';
  }
}

test('what nobody reads is bounded; the rest is left out, counted, and told to who reads', () => {
  const descriptor = openSync(pipePath, O_RDWR | O_NONBLOCK);
  const stream = new StatusStream(descriptor);
  const taken = Array.from({ length: 1000 }, () => stream.write(line));
  const count = taken.filter(Boolean).length;
  assert.ok(count > 100 && count < 130, String(count));
  const startMs = performance.now();
  stream.end({ stalledMs: 20, totalMs: 1000 });
  assert.ok(performance.now() - startMs < 500);
  let read = '';
  for (let more = readPresent(descriptor); more !== ''; more = readPresent(descriptor)) {
    read += more;
    stream.end({ stalledMs: 0, totalMs: 0 });
  }
  const told = `fimbul: standard error was not read: ${1000 - count} messages were left out\n`;
  assert.equal(read, line.repeat(count) + told);
  closeSync(descriptor);
});

test('what a late reader did not take at once comes by itself, in order', async () => {
  const descriptor = openSync(pipePath, O_RDWR | O_NONBLOCK);
  const stream = new StatusStream(descriptor);
  for (let count = 0; count < 20; count += 1) assert.ok(stream.write(`${count} ${line}`));
  let read = '';
  while (!read.includes('19 xxx')) {
    read += readPresent(descriptor);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.deepEqual(
    read
      .trimEnd()
      .split('\n')
      .map((text) => Number.parseInt(text, 10)),
    Array.from({ length: 20 }, (_, index) => index),
  );
  closeSync(descriptor);
});

test('a reader that is gone stops nobody', () => {
  const reading = openSync(pipePath, O_RDONLY | O_NONBLOCK);
  const writing = openSync(pipePath, O_WRONLY | O_NONBLOCK);
  closeSync(reading);
  const stream = new StatusStream(writing);
  stream.write('a\n');
  assert.ok(!stream.write('b\n'));
  stream.end();
  closeSync(writing);
});
