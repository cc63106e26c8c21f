// SPDX-License-Identifier: Apache-2.0
// The bytes of global variables: little-endian, exactly as wide as the variable.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeVariable } from './variable-value.ts';

function variableOf(size: number) {
  return { name: 'limit', section: '.rodata', map: 0, offset: 0, size };
}

function readInteger(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => value * 256n + BigInt(byte), 0n);
}

test('encodeVariable writes every integer that fits, little-endian', () => {
  const sizedInteger = fc.constantFrom(1, 2, 4, 8).chain((size) =>
    fc.record({
      size: fc.constant(size),
      integer: fc.bigInt({
        min: -(1n << BigInt(8 * size - 1)),
        max: (1n << BigInt(8 * size)) - 1n,
      }),
    }),
  );
  fc.assert(
    fc.property(sizedInteger, ({ size, integer }) => {
      const bytes = encodeVariable(variableOf(size), integer);
      assert.equal(bytes.length, size);
      assert.equal(readInteger(bytes), BigInt.asUintN(8 * size, integer));
    }),
  );
});

test('encodeVariable takes numbers, booleans and exact bytes', () => {
  assert.deepEqual(encodeVariable(variableOf(4), 258), new Uint8Array([2, 1, 0, 0]));
  assert.deepEqual(encodeVariable(variableOf(1), true), new Uint8Array([1]));
  const array = new Uint8Array(16).fill(9);
  assert.deepEqual(encodeVariable(variableOf(16), array), array);
});

test('encodeVariable refuses what does not fit', () => {
  const wrong: [number, number | bigint | Uint8Array][] = [
    [1, 256],
    [1, -129],
    [4, 2 ** 32],
    [8, 1n << 64n],
    [8, 2 ** 53],
    [4, 1.5],
    [16, 1],
    [4, new Uint8Array(3)],
  ];
  for (const [size, value] of wrong) {
    assert.throws(() => encodeVariable(variableOf(size), value), {
      code: 'wrong_argument',
      message: new RegExp(`set variable "limit" of ${size} bytes to .*; pass an integer that fits`),
    });
  }
});
