// SPDX-License-Identifier: Apache-2.0
// Bounds of results hold for every value within the bounds of the operands.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { applyOperator, combineIntervals, int64Interval } from './intervals.ts';
import type { IntegerOperator } from './typed.ts';

const arbitraryInt64 = fc.oneof(
  fc.bigInt({ min: int64Interval.min, max: int64Interval.max }),
  fc.bigInt({ min: -10n, max: 10n }),
  fc.constantFrom(int64Interval.min, int64Interval.max, 1n << 31n, (1n << 32n) - 1n, 1n << 53n),
);

/** An interval with a value inside. */
const arbitraryMember = fc
  .tuple(arbitraryInt64, arbitraryInt64, arbitraryInt64)
  .map((values) => [...values].sort((left, right) => (left < right ? -1 : 1)))
  .map(([min = 0n, value = 0n, max = 0n]) => ({ interval: { min, max }, value }));

const operators: readonly IntegerOperator[] = ['+', '-', '&', '|', '^'];

describe('combineIntervals', () => {
  for (const operator of operators) {
    it(`bounds every result of ${operator}`, () => {
      fc.assert(
        fc.property(arbitraryMember, arbitraryMember, (left, right) => {
          const { min, max } = combineIntervals(operator, left.interval, right.interval);
          const result = applyOperator(operator, left.value, right.value);
          assert.ok(result >= min && result <= max, `${result} is not in ${min}..${max}`);
        }),
        { numRuns: 2000 },
      );
    });
  }

  it('keeps a mask of flags small', () => {
    const flags = { min: 0n, max: 0xffffffffn };
    const mask = { min: 0x40n, max: 0x40n };
    assert.deepEqual(combineIntervals('&', flags, mask), { min: 0n, max: 0x40n });
  });

  it('gives up on sums that may wrap', () => {
    assert.deepEqual(combineIntervals('+', int64Interval, { min: 1n, max: 1n }), int64Interval);
  });
});
