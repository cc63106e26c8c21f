// SPDX-License-Identifier: Apache-2.0
// Only code that the template made becomes part of code.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { code, createConstants, joinCode, makeInteger, makeName } from './code.ts';

describe('code', () => {
  it('puts code into code', () => {
    assert.equal(code`f(${makeName('k', 3)}, ${makeInteger(-7)})`.text, 'f(k3, (-7))');
  });
  it('refuses what it did not make', () => {
    assert.throws(() => code`${{ text: 'process.exit()' }}`, /only code/);
    assert.throws(() => joinCode([code`a`, { text: 'b' }], ', '), /only code/);
    assert.throws(() => joinCode([{ text: 'b' }], ', '), /only code/);
  });
});

describe('makeInteger', () => {
  it('refuses what is no exact integer', () => {
    for (const value of [1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      assert.throws(() => makeInteger(value), /not an integer/);
    }
  });
});

describe('createConstants', () => {
  it('keeps equal values once, bigint and number apart', () => {
    const constants = createConstants();
    const names = ['a', 1, 1n, 'a', 1n].map((value) => constants.add(value).text);
    assert.deepEqual(names, ['k0', 'k1', 'k2', 'k0', 'k2']);
    assert.deepEqual(constants.values, ['a', 1, 1n]);
  });
});
