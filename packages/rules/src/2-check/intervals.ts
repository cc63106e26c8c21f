// SPDX-License-Identifier: Apache-2.0
// Interval arithmetic on signed 64-bit integers. From the bounds of fields and literals it follows
// which operations are exact as JavaScript numbers; a result that may wrap has the full range.

import type { IntegerNode, IntegerOperator, Interval } from './typed.ts';

export const int64Interval: Interval = { min: -(1n << 63n), max: (1n << 63n) - 1n };

/** Computes an operation as the language defines it: 64 bits, wrapping around. */
export function applyOperator(operator: IntegerOperator, left: bigint, right: bigint): bigint {
  switch (operator) {
    case '+':
      return BigInt.asIntN(64, left + right);
    case '-':
      return BigInt.asIntN(64, left - right);
    case '&':
      return left & right;
    case '|':
      return left | right;
    case '^':
      return left ^ right;
  }
}

function wrapInterval(min: bigint, max: bigint): Interval {
  return min < int64Interval.min || max > int64Interval.max ? int64Interval : { min, max };
}

/** Math.max and Math.min take no bigint. */
function largest(values: readonly bigint[]): bigint {
  let best = values[0] ?? 0n;
  for (const value of values) {
    if (value > best) best = value;
  }
  return best;
}

/** Smallest 2^n - 1 that is not below a value that is not negative. */
function fillBits(value: bigint): bigint {
  return value === 0n ? 0n : (1n << BigInt(value.toString(2).length)) - 1n;
}

/** Returns bounds of the result of an operation. */
export function combineIntervals(
  operator: IntegerOperator,
  left: Interval,
  right: Interval,
): Interval {
  if (operator === '+') return wrapInterval(left.min + right.min, left.max + right.max);
  if (operator === '-') return wrapInterval(left.min - right.max, left.max - right.min);
  const bothPositive = left.min >= 0n && right.min >= 0n;
  if (operator === '&') {
    if (bothPositive) return { min: 0n, max: -largest([-left.max, -right.max]) };
    if (left.min >= 0n) return { min: 0n, max: left.max };
    if (right.min >= 0n) return { min: 0n, max: right.max };
  }
  if (bothPositive) return { min: 0n, max: fillBits(largest([left.max, right.max])) };
  // A value of n bits and a sign stays one under every bit operation.
  const magnitude = largest([left.max, right.max, -left.min - 1n, -right.min - 1n, 0n]);
  const bound = fillBits(magnitude);
  return { min: -bound - 1n, max: bound };
}

export function makeInteger(value: bigint): IntegerNode {
  return { kind: 'integer', value, interval: { min: value, max: value } };
}

/** Makes an operation, computing it at once where both sides are literals. */
export function makeOperation(
  operator: IntegerOperator,
  left: IntegerNode,
  right: IntegerNode,
): IntegerNode {
  if (left.kind === 'integer' && right.kind === 'integer') {
    return makeInteger(applyOperator(operator, left.value, right.value));
  }
  const interval = combineIntervals(operator, left.interval, right.interval);
  return { kind: 'integer-operation', operator, left, right, interval };
}
