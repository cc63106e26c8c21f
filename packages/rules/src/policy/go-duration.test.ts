// SPDX-License-Identifier: Apache-2.0
// Durations as policies write them.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseGoDuration } from './go-duration.ts';

describe('parseGoDuration', () => {
  const rows: readonly (readonly [string, bigint | null])[] = [
    ['5s', 5_000_000_000n],
    ['1m30s', 90_000_000_000n],
    ['1.5h', 5_400_000_000_000n],
    ['.5s', 500_000_000n],
    ['100ms', 100_000_000n],
    ['7us', 7_000n],
    ['7µs', 7_000n],
    ['3ns', 3n],
    ['0', 0n],
    ['0s', 0n],
    ['1000000000', 1_000_000_000n],
    ['', null],
    ['s', null],
    ['.s', null],
    ['5', 5n],
    ['5x', null],
    ['5s ', null],
    ['-5s', null],
    ['1d', null],
    ['99999999999h', null],
    ['99999999999999999999', null],
  ];
  for (const [text, expected] of rows) {
    it(`of "${text}" is ${expected}`, () => assert.equal(parseGoDuration(text), expected));
  }
});
