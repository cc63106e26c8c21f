// SPDX-License-Identifier: Apache-2.0
// Filters as the bytes that the kernel's tables take.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  filterNameKeyOffsets,
  filterOperationOffsets,
  kernelLimits,
  type NameTable,
  type OperationFilter,
  recordKinds,
} from '@fimbul/schema';
import { encodeFilters, type MapEntry } from './filter-tables.ts';

const noNames: NameTable = { names: new Map(), otherNames: 0n, longNames: 0n };

function makeFilter(changes: Partial<OperationFilter>): OperationFilter {
  return {
    operation: 'unlink',
    lanes: 0n,
    source: noNames,
    destination: null,
    flags: { bits: [], masks: [] },
    failures: 'permission',
    ...changes,
  };
}

function numbers(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function getU32(bytes: Uint8Array, at = 0): number {
  return numbers(bytes).getUint32(at, true);
}

function getU64(bytes: Uint8Array, at = 0): bigint {
  return numbers(bytes).getBigUint64(at, true);
}

function only(entries: readonly MapEntry[], map: MapEntry['map']): readonly MapEntry[] {
  return entries.filter((entry) => entry.map === map);
}

describe('the entry of an operation', () => {
  const names = (otherNames: bigint, longNames: bigint): NameTable => ({
    names: new Map(),
    otherNames,
    longNames,
  });
  const at = filterOperationOffsets;

  it('has each mask in its own place', () => {
    const [entry, ...rest] = encodeFilters([
      makeFilter({
        operation: 'rename',
        lanes: 2n ** 63n + 1n,
        source: names(2n, 3n),
        destination: names(4n, 5n),
        failures: 'all',
      }),
    ]);
    assert.ok(entry);
    assert.deepEqual(rest, []);
    assert.equal(entry.map, 'filter_operations');
    assert.equal(entry.key.length, 4);
    assert.equal(getU32(entry.key), recordKinds.indexOf('rename'));
    assert.equal(entry.value.length, at.size);
    assert.equal(getU64(entry.value, at.lanes), 2n ** 63n + 1n);
    assert.equal(getU64(entry.value, at.sourceOtherNames), 2n);
    assert.equal(getU64(entry.value, at.sourceLongNames), 3n);
    assert.equal(getU64(entry.value, at.destinationOtherNames), 4n);
    assert.equal(getU64(entry.value, at.destinationLongNames), 5n);
    assert.equal(getU32(entry.value, at.allFailures), 1);
    assert.equal(getU32(entry.value, at.flagBitCount), 0);
  });

  it('lets every second file pass where the operation has none', () => {
    const [entry] = encodeFilters([makeFilter({ lanes: 6n })]);
    assert.ok(entry);
    assert.equal(getU64(entry.value, at.destinationOtherNames), 6n);
    assert.equal(getU64(entry.value, at.destinationLongNames), 6n);
    assert.equal(getU32(entry.value, at.allFailures), 0);
  });
});

describe('flags', () => {
  const flags = { bits: [0, 6], masks: [1n, 2n, 3n, 2n ** 63n] };

  it('of open are bit positions and one mask for each combination', () => {
    const entries = encodeFilters([makeFilter({ operation: 'open', flags })]);
    const operation = only(entries, 'filter_operations')[0]?.value;
    assert.ok(operation);
    assert.equal(getU32(operation, filterOperationOffsets.flagBitCount), 2);
    const { flagBits } = filterOperationOffsets;
    assert.deepEqual([...operation.subarray(flagBits, flagBits + 3)], [0, 6, 0]);
    assert.deepEqual(
      only(entries, 'filter_flags').map(({ key, value }) => [getU32(key), getU64(value)]),
      [
        [0, 1n],
        [1, 2n],
        [2, 3n],
        [3, 2n ** 63n],
      ],
    );
  });

  it('have no table for other operations', () => {
    const entries = encodeFilters([makeFilter({ operation: 'chmod', flags })]);
    assert.deepEqual(only(entries, 'filter_flags'), []);
  });
});

describe('names', () => {
  const table = (names: readonly (readonly [string, bigint])[]): NameTable => ({
    ...noNames,
    names: new Map(names),
  });

  it('are keyed by operation, file and bytes', () => {
    const entries = encodeFilters([
      makeFilter({
        operation: 'rename',
        source: table([['a\xff', 7n]]),
        destination: table([['b', 8n]]),
      }),
    ]);
    const found = only(entries, 'filter_names').map(({ key, value }) => {
      assert.equal(key.length, filterNameKeyOffsets.size);
      const name = Buffer.from(key.subarray(filterNameKeyOffsets.name)).toString('latin1');
      return [getU32(key, filterNameKeyOffsets.table), name, getU64(value)];
    });
    const padding = (name: string) => name.padEnd(kernelLimits.FILTER_NAME_BYTES_MAX + 1, '\0');
    const number = recordKinds.indexOf('rename') * 2;
    assert.deepEqual(found, [
      [number, padding('a\xff'), 7n],
      [number + 1, padding('b'), 8n],
    ]);
  });

  it('may be as long as the key, and end with a NUL', () => {
    const longest = 'x'.repeat(kernelLimits.FILTER_NAME_BYTES_MAX);
    const [entry] = encodeFilters([makeFilter({ source: table([[longest, 1n]]) })]);
    assert.equal(entry?.key.at(-1), 0);
    assert.equal(entry?.key.at(-2), 'x'.charCodeAt(0));
  });

  it('that the table cannot hold are a bug of the compiler', () => {
    for (const name of ['x'.repeat(kernelLimits.FILTER_NAME_BYTES_MAX + 1), 'a\0b']) {
      const filter = makeFilter({ source: table([[name, 1n]]) });
      assert.throws(() => encodeFilters([filter]), RangeError);
    }
  });
});

it('the entry of an operation comes after what it relies on', () => {
  const names: NameTable = { ...noNames, names: new Map([['a', 1n]]) };
  const entries = encodeFilters([
    makeFilter({ operation: 'open', source: names, flags: { bits: [0], masks: [1n, 1n] } }),
    makeFilter({ operation: 'rename', source: names, destination: names }),
  ]);
  const order = entries.map(({ map }) => map.replace('filter_', ''));
  assert.deepEqual(order, [
    ...['names', 'flags', 'flags', 'operations'],
    ...['names', 'names', 'operations'],
  ]);
});

it('no filter is no entry: the kernel then drops everything', () => {
  assert.deepEqual(encodeFilters([]), []);
});
