// SPDX-License-Identifier: Apache-2.0
// One line for each document, gathered and written in one piece.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createJsonLinesSink } from './json-lines-sink.ts';
import type { Sink } from './sink.ts';

function makeSink(): { sink: Sink; written: string[] } {
  const written: string[] = [];
  return { sink: createJsonLinesSink((text) => written.push(text)), written };
}

test('documents are gathered until the batch is over', () => {
  const { sink, written } = makeSink();
  sink.write({ a: 1 });
  sink.write({ b: ['x'] });
  assert.deepEqual(written, []);
  sink.flush();
  assert.deepEqual(written, ['{"a":1}\n{"b":["x"]}\n']);
});

test('what was written is not written again', () => {
  const { sink, written } = makeSink();
  sink.write({ a: 1 });
  sink.flush();
  sink.flush();
  sink.write({ b: 2 });
  sink.flush();
  assert.deepEqual(written, ['{"a":1}\n', '{"b":2}\n']);
});

test('a line has no other line break in it', () => {
  const { sink, written } = makeSink();
  sink.write({ path: 'a\nb\r\u2028' });
  sink.flush();
  assert.equal(written[0], '{"path":"a\\nb\\r\u2028"}\n');
});

test('much of it is written before the batch is over, whole and in order', () => {
  const { sink, written } = makeSink();
  const long = 'x'.repeat(100_000);
  for (let id = 0; id < 7; id++) sink.write({ id, long });
  assert.equal(written.length, 2);
  sink.flush();
  const lines = written.join('').trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { id: number }).id),
    [0, 1, 2, 3, 4, 5, 6],
  );
});

test('nothing stays behind when the write fails: the reader is gone', () => {
  const pieces: string[] = [];
  const sink = createJsonLinesSink((text) => {
    pieces.push(text);
    throw new Error('closed');
  });
  sink.write({ a: 1 });
  assert.throws(() => sink.flush(), /closed/);
  sink.flush();
  assert.deepEqual(pieces, ['{"a":1}\n']);
});
