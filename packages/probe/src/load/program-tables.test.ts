// SPDX-License-Identifier: Apache-2.0
// What the kernel is told of programs and of processes, by the offsets that C has.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  filterOperationOffsets,
  filterProcessOffsets,
  filterProgramsOffsets,
  type KernelFilter,
  type PathAutomaton,
  type PathEdges,
} from '@fimbul/schema';
import { encodeFilter, type FilterPlace } from './filter-tables.ts';
import { passEverything } from './pass-everything.ts';
import { encodeToldProcess, type ToldProcess } from './told-processes.ts';

const edges: PathEdges = { exact: new Map(), affixes: null, other: 0, long: 0 };
const state = { inner: edges, final: edges, alive: 0 };
const files: PathAutomaton = { states: [state, state, state], classes: [[1n], [2n]] };
const programs = {
  paths: { states: [state, state], classes: [[7n], [8n]] },
  ...{ everyRow: 4, atomRow: 5, noAtomRow: 6 },
};
const place: FilterPlace = {
  bank: 1,
  generation: 9,
  room: { states: 100, classes: 50, tables: 16, masks: 64 },
};

function makeFilter(changes: Partial<KernelFilter>): KernelFilter {
  const { operations } = passEverything('all');
  const asked = operations.map((own, programRow) => ({ ...own, programRow, anyProcess: 6n }));
  return { operations: asked, paths: files, programs, ...changes };
}

function view(bytes: Uint8Array | undefined): DataView {
  assert.ok(bytes);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

describe('what is asked of programs', () => {
  const at = filterProgramsOffsets;
  const listU32 = (bytes: Uint8Array | undefined, ...offsets: readonly number[]) =>
    offsets.map((offset) => view(bytes).getUint32(offset, true));

  it('is an automaton behind that of files, and where its rows are', () => {
    const entries = encodeFilter(makeFilter({}), place);
    const own = entries.filter(({ map }) => map === 'filter_programs');
    assert.equal(own.length, 1);
    const [entry] = own;
    assert.deepEqual(listU32(entry?.key, 0), [1]);
    assert.deepEqual(listU32(entry?.value, at.generation, at.isAsked), [9, 1]);
    const rows = listU32(entry?.value, at.pathStart, at.everyRow, at.atomRow, at.noAtomRow);
    assert.deepEqual(rows, [103, 4, 5, 6]);
    const numbersOf = (map: string) =>
      entries.filter((one) => one.map === map).map(({ key }) => listU32(key, 0)[0]);
    assert.deepEqual(numbersOf('filter_path_states'), [100, 101, 102, 103, 104]);
    assert.deepEqual(numbersOf('filter_path_classes'), [50, 51, 52, 53]);
    const operations = entries.filter(({ map }) => map === 'filter_operations');
    const { programRow, anyProcess } = filterOperationOffsets;
    assert.deepEqual(
      operations.map(({ value }) => view(value).getUint32(programRow, true)),
      operations.map((_, row) => row),
    );
    assert.ok(operations.every(({ value }) => view(value).getBigUint64(anyProcess, true) === 6n));
  });

  it('is nothing where no rule asks, of this rule set', () => {
    const entries = encodeFilter(makeFilter({ programs: null }), place);
    const [entry, ...others] = entries.filter(({ map }) => map === 'filter_programs');
    assert.equal(others.length, 0);
    assert.deepEqual(listU32(entry?.value, at.generation, at.isAsked), [9, 0]);
    assert.equal(entries.filter(({ map }) => map === 'filter_path_states').length, 3);
  });
});

describe('a process that the kernel is told of', () => {
  const process: ToldProcess = {
    ...{ pid: 77, startTimeNs: 1_234_567_890n, imageNs: 55n, isExec: true, programClass: 3 },
    ...{ lineageMay: 0xffff_ffff, lineageMust: 0x8000_0001, ancestors: 12, earlierImages: 2 },
  };
  const programPlace = { firstState: 103, firstClass: 52 };
  const at = filterProcessOffsets;
  const encode = (changes: Partial<ToldProcess>) =>
    encodeToldProcess({ ...process, ...changes }, 9, programPlace);

  it('is found by its id and the tick in which it started', () => {
    const { map, key, value } = encode({});
    assert.equal(map, 'filter_processes_told');
    assert.deepEqual(
      [view(key).getBigUint64(0, true), view(key).getBigUint64(8, true)],
      [1_230_000_000n, 77n],
    );
    assert.equal(view(value).getBigUint64(at.startTimeNs, true), 1_230_000_000n);
    assert.equal(view(value).getBigUint64(at.pid, true), 77n);
  });

  it('has the class of the tables, and all that was told', () => {
    const value = view(encode({}).value);
    assert.equal(value.getBigUint64(at.image, true), 55n);
    assert.equal(value.getUint32(at.generation, true), 9);
    assert.equal(value.getUint32(at.programClass, true), 55);
    assert.equal(value.getUint32(at.lineageMay, true), 0xffff_ffff);
    assert.equal(value.getUint32(at.lineageMust, true), 0x8000_0001);
    assert.deepEqual(
      [value.getUint16(at.ancestors, true), value.getUint16(at.earlierImages, true)],
      [12, 2],
    );
    assert.equal(value.getUint32(at.isExec, true), 1);
  });

  it('has no class, and no number of ancestors, where those are not known', () => {
    const value = view(encode({ programClass: null, ancestors: null, isExec: false }).value);
    assert.equal(value.getUint32(at.programClass, true), 0xffff_ffff);
    assert.equal(value.getUint16(at.ancestors, true), 0xffff);
    assert.equal(value.getUint32(at.isExec, true), 0);
  });
});
