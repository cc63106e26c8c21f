// SPDX-License-Identifier: Apache-2.0
// Operations, record kinds and limits say the same on both sides of the kernel's boundary.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordKinds } from '../kernel/enums.ts';
import { computeLayout } from '../kernel/layout.ts';
import { kernelLimits } from '../kernel/limits.ts';
import { filterNameKey, filterValueTable } from '../kernel/records.ts';
import { fieldsByName } from './fields.ts';
import { filesystemTypes, getFilesystemNumber } from './filesystem-types.ts';
import {
  filterNameBytesMax,
  filterTablesPerValueMax,
  filterValueBitsMax,
  filterValueBoundsMax,
  laneCountMax,
} from './filter-plan.ts';
import { filterValues, listFilteredFields } from './filter-values.ts';
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
  assert.equal(filterValueBitsMax, kernelLimits.FILTER_VALUE_BITS_MAX);
  assert.equal(filterValueBoundsMax, kernelLimits.FILTER_VALUE_BOUNDS_MAX);
  assert.equal(filterTablesPerValueMax, kernelLimits.FILTER_TABLES_PER_VALUE_MAX);
  // One bit of the mask each.
  assert.equal(laneCountMax, 64);
});

test('types of filesystems have a place, and names that are whole in a record', () => {
  assert.ok(filesystemTypes.length <= kernelLimits.FILESYSTEM_TYPES_MAX);
  assert.equal(new Set<string>(filesystemTypes).size, filesystemTypes.length);
  for (const name of filesystemTypes) {
    assert.ok(name.length < kernelLimits.FILESYSTEM_NAME_BYTES, name);
    assert.equal(filesystemTypes[getFilesystemNumber(name) - 1], name);
  }
  assert.equal(getFilesystemNumber('ext'), 0);
});

test('the longest name leaves room for the NUL that ends it', () => {
  const name = computeLayout(filterNameKey).members.find((member) => member.name === 'name');
  assert.equal(name?.size, filterNameBytesMax + 1);
});

test('all values have a bit, and all bits and bounds of a table a place', () => {
  assert.ok(filterValues.length <= 32);
  const u32Bytes = 4;
  const { members } = computeLayout(filterValueTable);
  const operands = members.find(({ name }) => name === 'operands');
  assert.ok(operands);
  assert.ok(operands.size >= Math.max(filterValueBitsMax, filterValueBoundsMax) * u32Bytes);
});

test('the fields that the kernel has tables for are numbers of records, flags, or numbered', () => {
  for (const operation of fileOperations) {
    for (const [name, { mask, ofText }] of listFilteredFields(operation)) {
      const field = fieldsByName.get(name);
      assert.ok(field?.filled && field.iterator === null && !field.list, name);
      assert.ok(/^(?:process|container)\./.test(name) || field.source === 'kernel', name);
      assert.equal(field.type === 'string', ofText !== undefined, name);
      if (ofText) assert.equal(BigInt(ofText('')) & ~mask, 0n, name);
      else if (field.type === 'bool') assert.equal(mask, 1n);
      else if (field.filter !== 'result') assert.equal(field.range[1], mask, name);
    }
  }
});
