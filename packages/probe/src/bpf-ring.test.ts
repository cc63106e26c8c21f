// SPDX-License-Identifier: Apache-2.0
// The ring loses, repeats and tears nothing: real records of a real kernel, through small rings and
// small buffers, checked to the last byte.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { loadNative } from './native.ts';
import { ProbeError } from './probe-error.ts';
import {
  compileNumbered,
  drainNumbered,
  expectOk,
  openNumbered,
  readCounter,
  startNumbered,
  trigger,
} from './testing/numbered.ts';

const native = loadNative();
const bytes = compileNumbered();

test('read returns records in order, whole, over many turns of a small ring', () => {
  const { object, ring } = startNumbered(native, bytes, { recordsPerCall: 5 });
  assert.equal(ring.sizeBytes, 4096);
  let next = 0;
  while (next < 5000) {
    trigger(2);
    next = drainNumbered(ring, next);
  }
  assert.equal(next, 5000);
  assert.equal(readCounter(object, 'refused'), 0);
  assert.equal(ring.pending(), 0);
  object.close();
});

test('read keeps what a full ring holds, and the ring goes on after it', () => {
  const { object, ring } = startNumbered(native, bytes, { recordsPerCall: 64 });
  for (let round = 0, next = 0; round < 3; round += 1) {
    trigger(3);
    const emitted = readCounter(object, 'emitted');
    assert.ok(emitted > next, 'the ring took some records');
    assert.ok(readCounter(object, 'refused') > round, 'the ring was full');
    assert.ok(ring.pending() > 4096 - 512 && ring.pending() <= 4096);
    next = drainNumbered(ring, next);
    assert.equal(next, emitted);
  }
  object.close();
});

test('read leaves in the ring what the buffer cannot take', () => {
  const { object, ring } = startNumbered(native, bytes, { recordsPerCall: 20 });
  trigger();
  const pending = ring.pending();
  const buffer = new Uint8Array(100);
  const index = new Uint32Array(128);
  // Records of 8, 9, 10, … bytes, each at a multiple of 8: 8 + 16 + 16 + 16 + 16 + 13 is 85.
  assert.equal(ring.read(buffer, index), 6);
  assert.ok(ring.pending() < pending && ring.pending() > 0);
  assert.equal(drainNumbered(ring, 6, { bufferBytes: 40 }), 20);
  object.close();
});

test('read leaves in the ring what the index cannot take', () => {
  const { object, ring } = startNumbered(native, bytes, { recordsPerCall: 20 });
  trigger();
  assert.equal(drainNumbered(ring, 0, { indexRecords: 3 }), 20);
  object.close();
});

test('read fills a buffer to its last byte', () => {
  const { object, ring } = startNumbered(native, bytes, { recordsPerCall: 6 });
  trigger();
  assert.equal(ring.read(new Uint8Array(85), new Uint32Array(64)), 6);
  object.close();
});

test('read refuses a buffer smaller than the next record and keeps the record', () => {
  const { object, ring } = startNumbered(native, bytes, { recordsPerCall: 20 });
  trigger();
  const index = new Uint32Array(2);
  const small = new Uint8Array(10);
  for (let number = 0; number < 3; number += 1) assert.equal(ring.read(small, index), 1);
  assert.throws(
    () => ring.read(small, index),
    (error) =>
      error instanceof ProbeError &&
      error.code === 'record_too_large' &&
      /a record of 11 bytes, a buffer of 10/.test(error.message),
  );
  assert.equal(drainNumbered(ring, 3), 20);
  object.close();
});

test('read passes over discarded records', () => {
  const { object, ring } = startNumbered(native, bytes, { recordsPerCall: 8, discardEvery: 2 });
  let next = 0;
  for (let call = 0; call < 200; call += 1) {
    trigger();
    next = drainNumbered(ring, next, { indexRecords: 3 });
  }
  assert.equal(next, 1600);
  object.close();
});

test('read refuses an index without room', () => {
  const { object, ring } = startNumbered(native, bytes);
  assert.throws(() => ring.read(new Uint8Array(8), new Uint32Array(1)), { code: 'wrong_argument' });
  object.close();
});

/** Starts a process that makes the watched system call `calls` times once its stdin says so. */
function startProducer(context: TestContext, calls: number) {
  const script = `process.stdin.once('data', () => {
    for (let call = 0; call < ${calls}; call += 1) process.ppid;
    process.exit();
  });`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'inherit', 'inherit'] });
  context.after(() => child.kill());
  return child;
}

// A lost wake-up would leave records behind for ever: only the callback reads here.
test('every wake-up arrives from a producer on another CPU', {
  timeout: 60_000,
}, async (context) => {
  const child = startProducer(context, 100_000);
  const { object, ring } = startNumbered(native, bytes, {
    recordsPerCall: 2,
    ringBytes: 16_384,
    watchedPid: child.pid ?? 0,
  });
  let next = 0;
  let wakeUps = 0;
  ring.onReadable(() => {
    wakeUps += 1;
    next = drainNumbered(ring, next, { indexRecords: 64 });
  });
  child.stdin.write('go');
  await once(child, 'exit');
  while (ring.pending() > 0) await nextTurn();
  assert.equal(next, readCounter(object, 'emitted'));
  assert.equal(next + readCounter(object, 'refused'), 200_000);
  assert.ok(wakeUps > 0 && wakeUps < 200_000);
  object.close();
});

test('read waits for a record that is not committed yet', { timeout: 60_000 }, async (context) => {
  const child = startProducer(context, Number.MAX_SAFE_INTEGER);
  const object = openNumbered(native, bytes, { watchedPid: child.pid ?? 0 });
  object.setAutoload('numbered_sys_enter', false);
  object.setAutoload('held_sys_enter', true);
  expectOk(object.load());
  expectOk(object.attach('held_sys_enter'));
  const ring = object.ring('records');
  const words = new BigUint64Array(512);
  const buffer = new Uint8Array(words.buffer);
  const index = new Uint32Array(512);
  let next = 0n;
  let waits = 0;
  let producing = true;
  child.once('exit', () => {
    producing = false;
  });
  child.stdin.write('go');
  // The producer holds a record most of its time: we meet one as soon as both of us run at once.
  while (producing || ring.pending() > 0) {
    const pending = ring.pending();
    const count = ring.read(buffer, index);
    if (count === 0 && pending > 0) waits += 1;
    for (const word of words.subarray(0, 2 * count).keys()) {
      assert.equal(words[word], next + BigInt(word >> 1));
    }
    next += BigInt(count);
    if (waits > 10) child.kill();
    if (count === 0) await nextTurn();
  }
  assert.equal(Number(next), readCounter(object, 'emitted'));
  object.close();
});

test('onReadable calls once for many records, and again for those left over', async () => {
  const { object, ring } = startNumbered(native, bytes, { recordsPerCall: 10 });
  const counts: number[] = [];
  const index = new Uint32Array(2 * 4);
  const buffer = new Uint8Array(4096);
  const done = new Promise<void>((resolve) => {
    ring.onReadable(() => {
      counts.push(ring.read(buffer, index));
      if (counts.length === 3) resolve();
    });
  });
  trigger();
  await done;
  assert.deepEqual(counts, [4, 4, 2]);
  object.close();
});

test('onReadable wakes for records that were there before it', async () => {
  const { object, ring } = startNumbered(native, bytes);
  trigger();
  await new Promise<void>((resolve) => ring.onReadable(resolve));
  assert.equal(drainNumbered(ring, 0), 1);
  object.close();
});

test('onReadable replaces the callback and stops for null', async () => {
  const { object, ring } = startNumbered(native, bytes);
  let first = 0;
  let second = 0;
  ring.onReadable(() => {
    first += 1;
  });
  ring.onReadable(() => {
    second += 1;
  });
  trigger();
  while (second < 3) await nextTurn();
  assert.equal(first, 0);
  ring.onReadable(null);
  const stoppedAt = second;
  for (let turn = 0; turn < 5; turn += 1) await nextTurn();
  assert.equal(second, stoppedAt);
  assert.equal(drainNumbered(ring, 0), 1);
  object.close();
});

test('close inside the callback ends the calls', async () => {
  const { object, ring } = startNumbered(native, bytes);
  let calls = 0;
  ring.onReadable(() => {
    calls += 1;
    ring.close();
  });
  trigger();
  while (calls === 0) await nextTurn();
  trigger();
  for (let turn = 0; turn < 5; turn += 1) await nextTurn();
  assert.equal(calls, 1);
  object.close();
});

test('a closed ring refuses every call but close', () => {
  const { object, ring } = startNumbered(native, bytes);
  ring.close();
  ring.close();
  const closed = { name: 'ProbeError', code: 'closed' };
  assert.throws(() => ring.read(new Uint8Array(8), new Uint32Array(2)), closed);
  assert.throws(() => ring.pending(), closed);
  assert.throws(() => ring.onReadable(() => {}), closed);
  assert.throws(() => ring.ref(), closed);
  assert.throws(() => ring.unref(), closed);
  object.close();
});

test('a ring is opened once at a time', () => {
  const { object, ring } = startNumbered(native, bytes);
  assert.throws(() => object.ring('records'), { code: 'wrong_state', message: /already open/ });
  ring.close();
  trigger();
  assert.equal(drainNumbered(object.ring('records'), 0), 1);
  object.close();
});

test('the kernel rounds the size of a ring up, and sizeBytes says to what', () => {
  const object = openNumbered(native, bytes, { ringBytes: 5000 });
  expectOk(object.load());
  assert.equal(object.ring('records').sizeBytes, 8192);
  object.close();
});
