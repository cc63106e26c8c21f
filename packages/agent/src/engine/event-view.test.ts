// SPDX-License-Identifier: Apache-2.0
// A view forgets everything when it moves.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecordBatch, RecordView, readProcessFacts } from '@fimbul/probe';
import { encodeRecord } from '@fimbul/schema';
import { makeCache } from '../context/record-samples.ts';
import { makeEvent, makeHeader, makeKernelFile, makeSurroundings } from './event-samples.ts';
import { EventView } from './event-view.ts';

test('the file is where the operation has it', () => {
  const file = makeKernelFile('a', { inode: 7n });
  for (const operation of ['open', 'unlink', 'rename', 'chmod'] as const) {
    assert.equal(makeEvent(operation, { file }).file.inode, 7n, operation);
  }
  const event = makeEvent('rename', { destination: makeKernelFile('b', { inode: 8n }) });
  assert.equal(event.destination.inode, 8n);
  assert.equal(event.file.inode, 0n);
});

test('the file and the process of the last event are gone after a move', () => {
  const batch = RecordBatch.of(
    ...['first', 'second'].map((path, index) =>
      encodeRecord('rename', {
        header: makeHeader(100 + index),
        file: makeKernelFile(path),
        destination: makeKernelFile(`${path}-after`),
      }),
    ),
  );
  const record = new RecordView(batch);
  const event = new EventView(record, makeSurroundings());
  const { cache } = makeCache();
  const seen = [0, 1].map((index) => {
    record.moveTo(batch, index);
    const facts = readProcessFacts(record);
    event.moveTo('rename', { entry: cache.resolve(facts), facts });
    return [event.file.path, event.destination.path, event.subject.facts.pid];
  });
  assert.deepEqual(seen, [
    ['/first', '/first-after', 100],
    ['/second', '/second-after', 101],
  ]);
});

test('a file is decoded once', () => {
  const event = makeEvent('open', { file: makeKernelFile('a') });
  assert.equal(event.file, event.file);
});

test('a view that was never moved has no process', () => {
  const record = new RecordView(new RecordBatch(0, 0));
  assert.throws(() => new EventView(record, makeSurroundings()).subject, /stands at no event/);
});
