// SPDX-License-Identifier: Apache-2.0
// Operations, record kinds and limits say the same on both sides of the kernel's boundary.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordKinds } from '../kernel/enums.ts';
import { computeLayout } from '../kernel/layout.ts';
import { kernelLimits } from '../kernel/limits.ts';
import { filterNameKey, filterOperation } from '../kernel/records.ts';
import { filterFlagBitsMax, filterNameBytesMax, laneCountMax } from './filter-plan.ts';
import { fileOperations, getOperationNumber, operations } from './operations.ts';

test('the number of an operation is that of its record kind', () => {
  for (const operation of operations) {
    assert.equal(getOperationNumber(operation), recordKinds.indexOf(operation));
  }
});

test('numbers never change once records were written', () => {
  assert.deepEqual(recordKinds.slice(0, 8), [
    ...['open', 'unlink', 'rename', 'chmod'],
    ...['exec', 'exit', 'fork', 'cgroup'],
  ]);
});

test('operations on files come first', () => {
  assert.deepEqual(operations.slice(0, fileOperations.length), [...fileOperations]);
});

test('the compiler plans with the limits of the kernel tables', () => {
  assert.equal(filterNameBytesMax, kernelLimits.FILTER_NAME_BYTES_MAX);
  assert.equal(filterFlagBitsMax, kernelLimits.FILTER_FLAG_BITS_MAX);
  // One bit of the mask each.
  assert.equal(laneCountMax, 64);
});

test('the longest name leaves room for the NUL that ends it', () => {
  const name = computeLayout(filterNameKey).members.find((member) => member.name === 'name');
  assert.equal(name?.size, filterNameBytesMax + 1);
});

test('all flag bits have a place', () => {
  const bits = computeLayout(filterOperation).members.find(({ name }) => name === 'flag_bits');
  assert.ok(bits && bits.size >= filterFlagBitsMax);
});
