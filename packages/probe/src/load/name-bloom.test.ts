// SPDX-License-Identifier: Apache-2.0
// The Bloom filter of names. That the programs in the kernel ask it for the same bits is for the
// kernel cases to show.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kernelLimits } from '@fimbul/schema';
import { encodeNameBloom } from './name-bloom.ts';

function listBits(names: readonly string[]): readonly number[] {
  const bytes = encodeNameBloom(names);
  assert.equal(bytes.length * 8, kernelLimits.FILTER_NAME_BLOOM_BITS);
  return Array.from({ length: bytes.length * 8 }, (_, bit) => bit).filter(
    (bit) => ((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1,
  );
}

test('a name has one bit, and the names of a table those of each', () => {
  assert.deepEqual(listBits([]), []);
  const [passwd, ...others] = listBits(['passwd']);
  const [sudoers] = listBits(['sudoers']);
  assert.ok(passwd !== undefined && sudoers !== undefined && passwd !== sudoers);
  assert.deepEqual(others, []);
  assert.deepEqual(
    listBits(['passwd', 'sudoers']),
    [passwd, sudoers].toSorted((a, b) => a - b),
  );
});

test('length and the first eight bytes choose the bit', () => {
  const same = [listBits(['authorized_keys']), listBits(['authorizedXkeys'])];
  assert.deepEqual(same[0], same[1]);
  const names = ['a', 'a'.repeat(8), 'a'.repeat(9), 'a'.repeat(59), 'b', '\xff', '\xff\xff'];
  assert.equal(listBits(names).length, names.length);
});

test('many names leave most bits clear', () => {
  const names = Array.from({ length: 1000 }, (_, index) => `file-${index}.conf`);
  const { length } = listBits(names);
  assert.ok(length < kernelLimits.FILTER_NAME_BLOOM_BITS / 8, `${length} bits are set`);
  assert.ok(length > 300, `${length} bits are set`);
});
