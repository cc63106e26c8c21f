// SPDX-License-Identifier: Apache-2.0
// One line for each document.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createJsonLinesSink } from './json-lines-sink.ts';

function makeSink() {
  const log: string[] = [];
  const stream = {
    write: (text: string) => void log.push(text),
    flush: () => void log.push('flush'),
  };
  return { sink: createJsonLinesSink(stream), log };
}

test('documents are lines, handed over at once', () => {
  const { sink, log } = makeSink();
  sink.write({ a: 1 });
  sink.write({ b: ['x'] });
  sink.flush();
  assert.deepEqual(log, ['{"a":1}\n', '{"b":["x"]}\n', 'flush']);
});

test('a line has no other line break in it', () => {
  const { sink, log } = makeSink();
  sink.write({ path: 'a\nb\r\u2028' });
  assert.equal(log[0], '{"path":"a\\nb\\r\u2028"}\n');
});
