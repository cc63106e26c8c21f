// SPDX-License-Identifier: Apache-2.0
// What is known of an integer from some of its bits is true of every such integer.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fieldsByName } from '@fimbul/schema';
import fc from 'fast-check';
import { holds } from '../2-check/compare-integers.ts';
import { applyOperator, makeInteger, makeOperation } from '../2-check/intervals.ts';
import { readInteger } from '../2-check/read-value.ts';
import type { IntegerNode, OrderOperator } from '../2-check/typed.ts';
import {
  compareAbstract,
  containsAbstract,
  evaluateAbstract,
  makeAbstract,
} from './abstract-integer.ts';

const flags = fieldsByName.get('open.flags');
assert.ok(flags);

const literals = [0n, 1n, 3n, 0x40n, 0x241n, 0xffffffffn, 0x80000000n, -1n, -4n, 1n << 40n];

const { node: arbitraryNode } = fc.letrec<{ node: IntegerNode }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    fc.constant(readInteger(flags)),
    fc.constantFrom(...literals).map(makeInteger),
    fc
      .tuple(fc.constantFrom('+', '-', '&', '|', '^'), tie('node'), tie('node'))
      .map(([operator, left, right]) => makeOperation(operator, left, right)),
  ),
}));

function evaluate(node: IntegerNode, value: bigint): bigint {
  switch (node.kind) {
    case 'integer':
      return node.value;
    case 'integer-operation':
      return applyOperator(node.operator, evaluate(node.left, value), evaluate(node.right, value));
    default:
      return value;
  }
}

/** A value of the flags and what is known of it when only some of its bits are. */
const arbitraryFlags = fc
  .tuple(fc.bigInt({ min: 0n, max: 0xffffffffn }), fc.bigInt({ min: 0n, max: 0xffffffffn }))
  .map(([value, known]) => {
    const interval = { min: 0n, max: 0xffffffffn };
    return { value, abstract: makeAbstract(value & known, ~value & known, interval) };
  });

const operators: readonly OrderOperator[] = ['==', '<', '<=', '>', '>='];

describe('evaluateAbstract', () => {
  it('says only what is true of every value it stands for', () => {
    fc.assert(
      fc.property(arbitraryFlags, arbitraryNode, ({ value, abstract }, node) => {
        const result = evaluateAbstract(node, new Map([[flags, abstract]]));
        const exact = evaluate(node, value);
        const bits = BigInt.asUintN(64, exact);
        assert.ok(exact >= result.interval.min && exact <= result.interval.max);
        assert.equal(bits & result.ones, result.ones);
        assert.equal(bits & result.zeros, 0n);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('compareAbstract', () => {
  it('decides only what holds for every value', () => {
    fc.assert(
      fc.property(
        fc.tuple(arbitraryFlags, arbitraryNode, arbitraryNode, fc.constantFrom(...operators)),
        ([{ value, abstract }, left, right, operator]) => {
          const knowledge = new Map([[flags, abstract]]);
          const verdict = compareAbstract(
            operator,
            evaluateAbstract(left, knowledge),
            evaluateAbstract(right, knowledge),
          );
          const exact = holds(operator, evaluate(left, value), evaluate(right, value));
          assert.ok(verdict === null || verdict === exact);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('decides a masked test once the bits of the mask are known', () => {
    const mask = makeOperation('&', readInteger(flags), makeInteger(0x41n));
    const interval = { min: 0n, max: 0xffffffffn };
    const zero = evaluateAbstract(mask, new Map([[flags, makeAbstract(0n, 0x41n, interval)]]));
    const some = evaluateAbstract(mask, new Map([[flags, makeAbstract(0x40n, 1n, interval)]]));
    const none = evaluateAbstract(makeInteger(0n), new Map());
    assert.equal(compareAbstract('>', zero, none), false);
    assert.equal(compareAbstract('>', some, none), true);
  });
});

describe('containsAbstract', () => {
  it('has three answers', () => {
    const interval = { min: 0n, max: 0xffffffffn };
    assert.equal(containsAbstract([2n, 4n], makeAbstract(1n, 0n, interval)), false);
    assert.equal(containsAbstract([3n, 4n], makeAbstract(1n, 0n, interval)), null);
    assert.equal(containsAbstract([3n], makeAbstract(3n, ~3n, interval)), true);
  });
});
