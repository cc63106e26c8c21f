// SPDX-License-Identifier: Apache-2.0
// Two events share a period exactly when the values of all tokens are the same.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseNetwork } from '../1-parse/network.ts';
import { makeLimiterKey } from './limiter-key.ts';

const [small, large] = [parseNetwork('10.0.0.0/8'), parseNetwork('10.0.0.0/16')];
assert.ok(small && large);

it('values that differ have keys that differ', () => {
  const tuples = [
    [],
    [''],
    ['', ''],
    ['a', 'bc'],
    ['ab', 'c'],
    ['1:a', ''],
    ['1;'],
    [1],
    [12],
    [1, 2],
    [true],
    ['true'],
    [[]],
    [['a', 'b']],
    [['a'], ['b']],
    [[['a'], ['b']]],
    [[['a', 'b'], []]],
    [small],
    [large],
    [2n ** 63n],
  ];
  const keys = tuples.map(makeLimiterKey);
  assert.equal(new Set(keys).size, tuples.length, keys.join('\n'));
});

it('the same values have the same key', () => {
  assert.equal(makeLimiterKey([{ ...small }, 1n]), makeLimiterKey([small, 1]));
  assert.equal(makeLimiterKey([]), '');
});
