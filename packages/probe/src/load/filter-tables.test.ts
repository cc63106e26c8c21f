// SPDX-License-Identifier: Apache-2.0
// Filters as the bytes that the kernel's tables take.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  filterNameKeyOffsets,
  filterOperationOffsets,
  filterValues,
  filterValueTableOffsets,
  type KernelFilter,
  kernelLimits,
  type NameTable,
  type OperationFilter,
  recordKinds,
  type ValueTable,
} from '@fimbul/schema';
import { encodeFilter, type FilterPlace, type MapEntry } from './filter-tables.ts';

const noNames: NameTable = { names: new Map(), otherNames: 0n, longNames: 0n };

function makeFilter(changes: Partial<OperationFilter>): OperationFilter {
  return {
    operation: 'unlink',
    lanes: 0n,
    source: noNames,
    destination: null,
    values: [],
    sourceRow: 0,
    destinationRow: 0,
    anySourcePath: 0n,
    anyDestinationPath: 0n,
    failures: 'permission',
    programRow: 0,
    anyProcess: 0n,
    ...changes,
  };
}

const firstPlace: FilterPlace = {
  bank: 0,
  generation: 1,
  room: { states: 8, classes: 4, tables: 16, masks: 64 },
};

function encode(
  operations: readonly OperationFilter[],
  place: FilterPlace = firstPlace,
): readonly MapEntry[] {
  const paths = { states: [], classes: [] };
  const filter: KernelFilter = { operations, paths, programs: null };
  // program-tables.test.ts and name-bloom.test.ts are about these.
  const elsewhere: readonly MapEntry['map'][] = ['filter_programs', 'filter_name_blooms'];
  return encodeFilter(filter, place).filter(({ map }) => !elsewhere.includes(map));
}

function numbers(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function getU32(bytes: Uint8Array, at = 0): number {
  return numbers(bytes).getUint32(at, true);
}

function getU16(bytes: Uint8Array, at: number): number {
  return numbers(bytes).getUint16(at, true);
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
    const [entry, ...rest] = encode([
      makeFilter({
        operation: 'rename',
        lanes: 2n ** 63n + 1n,
        source: names(2n, 3n),
        destination: names(4n, 5n),
        sourceRow: 6,
        destinationRow: 7,
        anySourcePath: 8n,
        anyDestinationPath: 9n,
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
    assert.equal(getU32(entry.value, at.sourceRow), 6);
    assert.equal(getU32(entry.value, at.destinationRow), 7);
    assert.equal(getU64(entry.value, at.anySourcePath), 8n);
    assert.equal(getU64(entry.value, at.anyDestinationPath), 9n);
    assert.equal(getU32(entry.value, at.generation), 1);
    assert.equal(getU32(entry.value, at.allFailures), 1);
    assert.equal(getU32(entry.value, at.values), 0);
    assert.equal(getU32(entry.value, at.flags), 0);
    assert.equal(getU64(entry.value, at.withoutFlags), 2n ** 63n + 1n);
  });

  it('lets every second file pass where the operation has none', () => {
    const [entry] = encode([makeFilter({ lanes: 6n })]);
    assert.ok(entry);
    assert.equal(getU64(entry.value, at.destinationOtherNames), 6n);
    assert.equal(getU64(entry.value, at.destinationLongNames), 6n);
    assert.equal(getU32(entry.value, at.allFailures), 0);
  });
});

describe('values', () => {
  const tables: readonly ValueTable[] = [
    { classes: { kind: 'bits', value: 'flags', bits: [0, 6] }, masks: [1n, 2n, 3n, 2n ** 63n] },
    { classes: { kind: 'bits', value: 'flags', bits: [31] }, masks: [5n, 6n] },
    { classes: { kind: 'bounds', value: 'auid', lasts: [0, 0xffff_fffe] }, masks: [7n, 8n, 9n] },
  ];
  const at = filterValueTableOffsets;
  const entries = encode([
    makeFilter({ operation: 'open', values: tables }),
    makeFilter({ operation: 'chmod', values: tables.slice(2) }),
  ]);
  const encoded = only(entries, 'filter_value_tables');

  it('have masks one after the other', () => {
    assert.deepEqual(
      only(entries, 'filter_value_masks').map(({ key, value }) => [getU32(key), getU64(value)]),
      [1n, 2n, 3n, 2n ** 63n, 5n, 6n, 7n, 8n, 9n, 7n, 8n, 9n].map((mask, index) => [index, mask]),
    );
    assert.deepEqual(
      encoded.map(({ key, value }) => [getU32(key), getU32(value, at.firstMask)]),
      [0, 4, 6, 9].map((mask, table) => [table, mask]),
    );
  });

  it('have tables whose operands are bits or bounds, and else such as no value has', () => {
    const read = (index: number) => {
      const value = encoded[index]?.value;
      assert.ok(value);
      const operands = Array.from({ length: 16 }, (_, i) => getU32(value, at.operands + 4 * i));
      return { isBits: getU16(value, at.isBits), hasNext: getU16(value, at.hasNext), operands };
    };
    const pad = (used: readonly number[], rest: number): readonly number[] => [
      ...used,
      ...Array.from({ length: 16 - used.length }, () => rest),
    ];
    assert.deepEqual(read(0), { isBits: 1, hasNext: 1, operands: pad([0, 6], 32) });
    assert.deepEqual(read(1), { isBits: 1, hasNext: 0, operands: pad([31], 32) });
    const operands = pad([0, 0xffff_fffe], 0xffff_ffff);
    assert.deepEqual(read(2), { isBits: 0, hasNext: 0, operands });
  });

  it('are found by the operation that has them', () => {
    const [open, chmod] = only(entries, 'filter_operations').map(({ value }) => value);
    assert.ok(open && chmod);
    const flagsNumber = filterValues.indexOf('flags');
    const auidNumber = filterValues.indexOf('auid');
    const { values, valueTables } = filterOperationOffsets;
    assert.equal(getU32(open, values), (1 << flagsNumber) | (1 << auidNumber));
    assert.equal(getU16(open, valueTables + 2 * flagsNumber), 0);
    assert.equal(getU16(open, valueTables + 2 * auidNumber), 2);
    assert.equal(getU32(chmod, values), 1 << auidNumber);
    assert.equal(getU32(open, filterOperationOffsets.flags), ((1 << 31) | (1 << 6) | 1) >>> 0);
    assert.equal(getU16(chmod, valueTables + 2 * auidNumber), 3);
  });

  it('of flags have lanes that are left where none of their bits is set', () => {
    const masks = (...own: bigint[]): bigint[] => own;
    const read = (values: readonly ValueTable[], lanes: bigint) => {
      const [entry] = only(encode([makeFilter({ lanes, values })]), 'filter_operations');
      assert.ok(entry);
      const { flags: bits, withoutFlags } = filterOperationOffsets;
      return [getU32(entry.value, bits), getU64(entry.value, withoutFlags)];
    };
    assert.deepEqual(read(tables.slice(0, 2), 0b111n), [((1 << 31) | (1 << 6) | 1) >>> 0, 1n]);
    assert.deepEqual(read(tables.slice(1), 0b110n), [(1 << 31) >>> 0, 0b100n]);
    const numbered: ValueTable = {
      classes: { kind: 'bounds', value: 'flags', lasts: [0, 577] },
      masks: masks(0b10n, 0b11n, 0b01n),
    };
    assert.deepEqual(read([numbered], 0b11n), [0xffff_ffff, 0b10n]);
  });

  it('of more bits or bounds than a table has are a bug of the compiler', () => {
    for (const classes of [
      { kind: 'bits', value: 'flags', bits: Array.from({ length: 11 }, (_, bit) => bit) },
      { kind: 'bounds', value: 'uid', lasts: Array.from({ length: 16 }, (_, last) => last) },
    ] as const) {
      assert.throws(() => encode([makeFilter({ values: [{ classes, masks: [] }] })]), RangeError);
    }
  });
});

describe('names', () => {
  const table = (names: readonly (readonly [string, bigint])[]): NameTable => ({
    ...noNames,
    names: new Map(names),
  });

  it('are keyed by operation, file and bytes', () => {
    const entries = encode([
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
    const [entry] = encode([makeFilter({ source: table([[longest, 1n]]) })]);
    assert.equal(entry?.key.at(-1), 0);
    assert.equal(entry?.key.at(-2), 'x'.charCodeAt(0));
  });

  it('that the table cannot hold are a bug of the compiler', () => {
    for (const name of ['x'.repeat(kernelLimits.FILTER_NAME_BYTES_MAX + 1), 'a\0b']) {
      const filter = makeFilter({ source: table([[name, 1n]]) });
      assert.throws(() => encode([filter]), RangeError);
    }
  });
});

const flags: ValueTable = {
  classes: { kind: 'bits', value: 'flags', bits: [6] },
  masks: [1n, 1n],
};

it('the entry of an operation comes after what it relies on', () => {
  const names: NameTable = { ...noNames, names: new Map([['a', 1n]]) };
  const entries = encode([
    makeFilter({ operation: 'open', source: names, values: [flags] }),
    makeFilter({ operation: 'rename', source: names, destination: names }),
  ]);
  const order = entries.map(({ map }) => map.replace('filter_', ''));
  assert.deepEqual(order, [
    ...['names', 'value_masks', 'value_masks', 'value_tables', 'operations'],
    ...['names', 'names', 'operations'],
  ]);
});

it('the second bank stands behind the first one in every table', () => {
  const names: NameTable = { ...noNames, names: new Map([['a', 1n]]) };
  const entries = encode([makeFilter({ operation: 'open', source: names, values: [flags] })], {
    ...firstPlace,
    bank: 1,
    generation: 7,
  });
  const [name, mask, , table, operation] = entries;
  assert.ok(name && mask && table && operation);
  const number = recordKinds.length + recordKinds.indexOf('open');
  const at = filterOperationOffsets;
  assert.equal(getU32(operation.key), number);
  assert.equal(getU32(name.key, filterNameKeyOffsets.table), number * 2);
  assert.equal(getU32(operation.value, at.nameTable), number * 2);
  assert.equal(getU32(mask.key), firstPlace.room.masks);
  assert.equal(getU32(table.value, filterValueTableOffsets.firstMask), firstPlace.room.masks);
  assert.equal(getU32(table.key), firstPlace.room.tables);
  assert.equal(getU16(operation.value, at.valueTables + 2), firstPlace.room.tables);
  assert.equal(getU32(operation.value, at.pathStart), firstPlace.room.states);
  assert.equal(getU32(operation.value, at.generation), 7);
});

it('no filter is no entry: the kernel then drops everything', () => {
  assert.deepEqual(encode([]), []);
});
