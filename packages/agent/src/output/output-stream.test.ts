// SPDX-License-Identifier: Apache-2.0
// Writing to real descriptors: a pipe that is full, one that nobody reads any more, a full disk.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { OutputStream } from './output-stream.ts';
import { SinkClosed } from './sink.ts';

const { O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = constants;

let directory = '';
let pipePath = '';

before(() => {
  directory = mkdtempSync(join(tmpdir(), 'fimbul-output-'));
  pipePath = join(directory, 'pipe');
  execFileSync('mkfifo', [pipePath]);
});

after(() => rmSync(directory, { recursive: true }));

/** Reads in small pieces with pauses, and tells how much came and its hash. */
const slowReader = `
const { createHash } = require('node:crypto');
const { openSync, readSync } = require('node:fs');
const { parentPort, workerData } = require('node:worker_threads');
const descriptor = openSync(workerData.path, 'r');
parentPort.postMessage('open');
const hash = createHash('sha256');
const piece = Buffer.alloc(50000);
let length = 0;
const pause = new Int32Array(new SharedArrayBuffer(4));
for (let count = 0; ; count++) {
  const read = readSync(descriptor, piece);
  if (read === 0) break;
  hash.update(piece.subarray(0, read));
  length += read;
  if (count % 4 === 0) Atomics.wait(pause, 0, 0, 3);
}
parentPort.postMessage({ length, hash: hash.digest('hex') });
`;

function writeNow(descriptor: number, text: string): void {
  const stream = new OutputStream(descriptor, 'keep');
  stream.write(text);
  stream.flush();
}

/** Reads what is there now. */
function readPresent(descriptor: number): string {
  const piece = Buffer.alloc(1024 * 1024);
  try {
    return piece.toString('utf8', 0, readSync(descriptor, piece));
  } catch {
    return '';
  }
}

describe('a pipe', () => {
  it('that is full and does not block gets everything once, in order', async () => {
    // Open for both, so that opening does not wait for the reader.
    const descriptor = openSync(pipePath, O_RDWR | O_NONBLOCK);
    const reader = new Worker(slowReader, { eval: true, workerData: { path: pipePath } });
    await once(reader, 'message');
    const result = once(reader, 'message');
    const stream = new OutputStream(descriptor, 'wait');
    const hash = createHash('sha256');
    let length = 0;
    for (let line = 0; line < 20; line++) {
      // Characters of two bytes: what is left is counted in bytes.
      const text = `${line}:${'é'.repeat(20_000)}\n`;
      stream.write(text);
      hash.update(text);
      length += Buffer.byteLength(text);
    }
    stream.flush();
    closeSync(descriptor);
    assert.deepEqual(await result, [{ length, hash: hash.digest('hex') }]);
    await reader.terminate();
  });

  it('that nobody reads keeps what it did not take, until somebody reads again', () => {
    const descriptor = openSync(pipePath, O_RDWR | O_NONBLOCK);
    const stream = new OutputStream(descriptor, 'keep');
    const lines = Array.from({ length: 40 }, (_, index) => `${index}:${'x'.repeat(10_000)}\n`);
    for (const line of lines) stream.write(line);
    stream.flush();
    assert.ok(!stream.isReady);
    let read = '';
    while (read.length < lines.join('').length) {
      read += readPresent(descriptor);
      stream.flush();
    }
    assert.equal(read, lines.join(''));
    assert.ok(stream.isReady);
    assert.equal(stream.end(), 0);
    closeSync(descriptor);
  });

  it('that nobody reads at the end holds it some time, and what was not written is counted', () => {
    const descriptor = openSync(pipePath, O_RDWR | O_NONBLOCK);
    const stream = new OutputStream(descriptor, 'keep', { stalledMs: 30, totalMs: 1000 });
    const line = `${'x'.repeat(9_999)}\n`;
    stream.beginEnd();
    const startMs = performance.now();
    for (let count = 0; count < 1000; count += 1) stream.write(line);
    stream.flush();
    const unwritten = stream.end();
    assert.ok(performance.now() - startMs < 1000);
    const whole = readPresent(descriptor).split('\n').length - 1;
    assert.ok(whole > 0);
    assert.equal(unwritten, 1000 - whole);
    closeSync(descriptor);
  });

  it('whose reader reads gets all at the end, however long judging took before', async () => {
    const descriptor = openSync(pipePath, O_RDWR | O_NONBLOCK);
    const patience = { stalledMs: 2000, totalMs: 2000 };
    const stream = new OutputStream(descriptor, 'keep', patience);
    stream.beginEnd();
    await new Promise((resolve) => setTimeout(resolve, patience.totalMs + 10));
    const reader = new Worker(slowReader, { eval: true, workerData: { path: pipePath } });
    await once(reader, 'message');
    for (let count = 0; count < 100; count += 1) stream.write('x'.repeat(10_000));
    const unwritten = stream.end();
    closeSync(descriptor);
    // It ends when the last writer has closed.
    await once(reader, 'message');
    await reader.terminate();
    assert.equal(unwritten, 0);
  });

  it('whose reader is slow at the end holds it no longer than all its patience', () => {
    const descriptor = openSync(pipePath, O_RDWR | O_NONBLOCK);
    const stream = new OutputStream(descriptor, 'keep', { stalledMs: 1000, totalMs: 50 });
    for (let count = 0; count < 100; count += 1) stream.write('x'.repeat(10_000));
    assert.ok(stream.end() > 0);
    closeSync(descriptor);
  });

  it('whose reader is gone closes the sink, with what to do', () => {
    const reading = openSync(pipePath, O_RDONLY | O_NONBLOCK);
    const writing = openSync(pipePath, O_WRONLY | O_NONBLOCK);
    closeSync(reading);
    try {
      assert.throws(
        () => writeNow(writing, 'x'),
        (error) =>
          error instanceof SinkClosed &&
          error.message === 'write alerts: the reader of standard output is gone' &&
          /keep the program that reads/.test(error.advice),
      );
    } finally {
      closeSync(writing);
    }
  });
});

describe('a file', () => {
  it('has the text in UTF-8, one after the other', () => {
    const path = join(directory, 'file');
    const descriptor = openSync(path, 'w');
    const stream = new OutputStream(descriptor, 'keep');
    for (const text of ['é\n', '', 'b\n']) stream.write(text);
    assert.equal(readFileSync(path, 'utf8'), '');
    stream.flush();
    assert.equal(stream.end(), 0);
    closeSync(descriptor);
    assert.equal(readFileSync(path, 'utf8'), 'é\nb\n');
  });

  it('on a full disk closes the sink', () => {
    const descriptor = openSync('/dev/full', 'w');
    try {
      assert.throws(
        () => writeNow(descriptor, 'x'),
        (error) => error instanceof SinkClosed && /takes no more \(ENOSPC\)$/.test(error.message),
      );
    } finally {
      closeSync(descriptor);
    }
  });
});

it('once closed it counts what it cannot write, and says so once', () => {
  const descriptor = openSync('/dev/full', 'w');
  const stream = new OutputStream(descriptor, 'keep');
  stream.write('a');
  stream.write('b');
  assert.throws(() => stream.flush(), SinkClosed);
  stream.write('c');
  stream.flush();
  assert.ok(stream.isReady);
  assert.equal(stream.end(), 3);
  closeSync(descriptor);
});

it('what is no failed system call is a bug and not a closed sink', () => {
  assert.throws(() => writeNow(-1, 'x'), RangeError);
});
