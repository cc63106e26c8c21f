// SPDX-License-Identifier: Apache-2.0
// Lines come out whole, however the bytes come in.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineSplitter } from './line-splitter.ts';

test('LineSplitter joins chunks, characters cut in two among them', () => {
  const bytes = Buffer.from('één\n\ntwo\nrest');
  for (let cut = 0; cut <= bytes.length; cut++) {
    const lines: string[] = [];
    const splitter = new LineSplitter((line) => lines.push(line));
    splitter.write(bytes.subarray(0, cut));
    splitter.write(bytes.subarray(cut));
    assert.deepEqual(lines, ['één', '', 'two']);
    splitter.end();
    splitter.end();
    assert.deepEqual(lines, ['één', '', 'two', 'rest']);
  }
});
