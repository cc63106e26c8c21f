// SPDX-License-Identifier: Apache-2.0
// Writing to real descriptors: a pipe that is full, one that nobody reads any more, a full disk.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { createOutputStream } from './output-stream.ts';
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

describe('a pipe', () => {
  it('that is full and does not block gets everything once, in order', async () => {
    // Open for both, so that opening does not wait for the reader.
    const descriptor = openSync(pipePath, O_RDWR | O_NONBLOCK);
    const reader = new Worker(slowReader, { eval: true, workerData: { path: pipePath } });
    await once(reader, 'message');
    const result = once(reader, 'message');
    const writeAll = createOutputStream(descriptor);
    const hash = createHash('sha256');
    let length = 0;
    for (let line = 0; line < 20; line++) {
      // Characters of two bytes: what is left is counted in bytes.
      const text = `${line}:${'é'.repeat(20_000)}\n`;
      writeAll(text);
      hash.update(text);
      length += Buffer.byteLength(text);
    }
    closeSync(descriptor);
    assert.deepEqual(await result, [{ length, hash: hash.digest('hex') }]);
    await reader.terminate();
  });

  it('whose reader is gone closes the sink, with what to do', () => {
    const reading = openSync(pipePath, O_RDONLY | O_NONBLOCK);
    const writing = openSync(pipePath, O_WRONLY | O_NONBLOCK);
    closeSync(reading);
    try {
      assert.throws(
        () => createOutputStream(writing)('x'),
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
    const writeAll = createOutputStream(descriptor);
    writeAll('é\n');
    writeAll('');
    writeAll('b\n');
    closeSync(descriptor);
    assert.equal(readFileSync(path, 'utf8'), 'é\nb\n');
  });

  it('on a full disk closes the sink', () => {
    const descriptor = openSync('/dev/full', 'w');
    try {
      assert.throws(
        () => createOutputStream(descriptor)('x'),
        (error) => error instanceof SinkClosed && /takes no more \(ENOSPC\)$/.test(error.message),
      );
    } finally {
      closeSync(descriptor);
    }
  });
});

it('what is no failed system call is a bug and not a closed sink', () => {
  assert.throws(() => createOutputStream(-1)('x'), RangeError);
});
