// SPDX-License-Identifier: Apache-2.0
// Batches of given records.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecordBatch } from './record-batch.ts';

test('a batch of given records has each where its index says', () => {
  const records = [Uint8Array.of(1, 2, 3), Uint8Array.of(4), Uint8Array.of(5, 6, 7, 8, 9, 1, 2, 3)];
  const batch = RecordBatch.of(...records);
  assert.equal(batch.count, 3);
  assert.deepEqual([...batch.index], [0, 3, 8, 1, 16, 8]);
  records.forEach((record, index) => {
    const [start = 0, length = 0] = batch.index.subarray(2 * index);
    assert.deepEqual([...batch.bytes.subarray(start, start + length)], [...record]);
  });
});

test('the view shows the same memory as the bytes', () => {
  const batch = new RecordBatch(16, 1);
  batch.bytes[3] = 0x80;
  assert.equal(batch.view.getUint32(0, true), 0x80000000);
  assert.equal(batch.count, 0);
});

test('a record is appended while there is room for it, in bytes and in number', () => {
  const batch = new RecordBatch(24, 3);
  assert.equal(batch.append(Uint8Array.of(1, 2, 3)), true);
  assert.equal(batch.append(new Uint8Array(17)), false);
  assert.equal(batch.append(new Uint8Array(16)), true);
  assert.equal(batch.append(Uint8Array.of(4)), false);
  assert.deepEqual([...batch.index], [0, 3, 8, 16, 0, 0]);
  batch.count = 0;
  for (const expected of [true, true, true, false]) {
    assert.equal(batch.append(Uint8Array.of(5)), expected);
  }
});
