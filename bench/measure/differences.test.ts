// SPDX-License-Identifier: Apache-2.0
// What is missing in a list, and what is too much.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findDifferences } from './differences.ts';

describe('findDifferences', () => {
  it('finds none between lists in another order', () => {
    assert.deepEqual(findDifferences(['a', 'b', 'a'], ['a', 'a', 'b']), []);
  });

  it('tells what is missing and what is too much', () => {
    assert.deepEqual(findDifferences(['b', 'a', 'a'], ['a', 'c']), [
      { what: 'a', expected: 2, found: 1 },
      { what: 'b', expected: 1, found: 0 },
      { what: 'c', expected: 0, found: 1 },
    ]);
  });
});
