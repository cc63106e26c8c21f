// SPDX-License-Identifier: Apache-2.0
// What is known of a 64-bit integer: bits that are certainly one, bits that are certainly zero,
// and bounds. Operations and comparisons on it have three values, and "unknown" is always allowed.

import type { FieldSpec } from '@fimbul/schema';
import { applyOperator, combineIntervals } from '../2-check/intervals.ts';
import { decideOrder } from '../2-check/ranges.ts';
import type { IntegerNode, IntegerOperator, Interval, OrderOperator } from '../2-check/typed.ts';

export type AbstractInteger = {
  readonly ones: bigint;
  readonly zeros: bigint;
  readonly interval: Interval;
};

const allBits = (1n << 64n) - 1n;
const signBit = 1n << 63n;

/** Brings bits and bounds together. */
export function makeAbstract(ones: bigint, zeros: bigint, interval: Interval): AbstractInteger {
  let { min, max } = interval;
  let known = zeros & allBits;
  if (min >= 0n) known |= allBits & ~((1n << BigInt(max.toString(2).length)) - 1n);
  if ((known & signBit) !== 0n) {
    const most = allBits & ~known;
    if (ones > min) min = ones;
    if (most < max) max = most;
  }
  return { ones: ones & allBits, zeros: known, interval: { min, max } };
}

function makeExact(value: bigint): AbstractInteger {
  const ones = BigInt.asUintN(64, value);
  return { ones, zeros: allBits & ~ones, interval: { min: value, max: value } };
}

function applyAbstract(
  operator: IntegerOperator,
  left: AbstractInteger,
  right: AbstractInteger,
): AbstractInteger {
  const { min, max } = left.interval;
  if (min === max && right.interval.min === right.interval.max) {
    return makeExact(applyOperator(operator, min, right.interval.min));
  }
  const interval = combineIntervals(operator, left.interval, right.interval);
  switch (operator) {
    case '&':
      return makeAbstract(left.ones & right.ones, left.zeros | right.zeros, interval);
    case '|':
      return makeAbstract(left.ones | right.ones, left.zeros & right.zeros, interval);
    case '^': {
      const known = (left.ones | left.zeros) & (right.ones | right.zeros);
      const ones = (left.ones ^ right.ones) & known;
      return makeAbstract(ones, known & ~ones, interval);
    }
    case '+':
    case '-':
      return makeAbstract(0n, 0n, interval);
  }
}

/** What is known of fields; the others have the bounds of the schema. */
export type Knowledge = ReadonlyMap<FieldSpec, AbstractInteger>;

export function evaluateAbstract(node: IntegerNode, knowledge: Knowledge): AbstractInteger {
  switch (node.kind) {
    case 'integer':
      return makeExact(node.value);
    case 'integer-value': {
      const known = node.source.from === 'field' ? knowledge.get(node.source.field) : undefined;
      return known ?? makeAbstract(0n, 0n, node.interval);
    }
    case 'string-length':
    case 'list-length':
    case 'iterator-length':
      return makeAbstract(0n, 0n, node.interval);
    case 'integer-operation': {
      const left = evaluateAbstract(node.left, knowledge);
      return applyAbstract(node.operator, left, evaluateAbstract(node.right, knowledge));
    }
  }
}

/** Compares two abstract integers; null when it depends on what is not known. */
export function compareAbstract(
  operator: OrderOperator,
  left: AbstractInteger,
  right: AbstractInteger,
): boolean | null {
  if (operator === '==' && ((left.ones & right.zeros) | (left.zeros & right.ones)) !== 0n) {
    return false;
  }
  return decideOrder(operator, left.interval, right.interval);
}

/** Returns whether an integer is one of the values; null when that is not known. */
export function containsAbstract(
  values: readonly bigint[],
  subject: AbstractInteger,
): boolean | null {
  let isOpen = false;
  for (const value of values) {
    const same = compareAbstract('==', subject, makeExact(value));
    if (same === true) return true;
    if (same === null) isOpen = true;
  }
  return isOpen ? null : false;
}
