// SPDX-License-Identifier: Apache-2.0
// A list needs what its values need, however often they come again. What it holds, and in which
// order, is tested with the store.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { StoredList } from './stored-list.ts';

test('values that come again and again need no more memory', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const list = new StoredList();
  const addAll = (times: number): void => {
    for (let count = 0; count < times; count += 1) list.add(`value ${count % 100}`, null);
  };
  addAll(1_000);
  collect();
  const before = process.memoryUsage().heapUsed;
  addAll(300_000);
  collect();
  const grown = process.memoryUsage().heapUsed - before;
  // An iterator that stood at the first value held 30 MB of maps that had been outgrown.
  assert.ok(grown < 3 * 2 ** 20, `${grown} bytes`);
  assert.equal(list.size, 100);
});
