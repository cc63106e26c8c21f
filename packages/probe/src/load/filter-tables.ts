// SPDX-License-Identifier: Apache-2.0
// Turns a planned filter into the bytes of the kernel's maps. Pure; filter-banks.ts installs them.

import {
  type FileOperation,
  filterNameKeyOffsets,
  filterOperationOffsets,
  filterProgramsOffsets,
  filterValues,
  type KernelFilter,
  kernelLimits,
  type NameTable,
  type OperationFilter,
  recordKinds,
} from '@fimbul/schema';
import type { FilterRoom } from './filter-room.ts';
import { encodeName, encodeU32, encodeU64, type MapEntry } from './map-entry.ts';
import { encodeNameBloom } from './name-bloom.ts';
import { encodePaths, type PathPlace } from './path-tables.ts';
import { type FirstTables, findFlagBits, ValueTables } from './value-tables.ts';

export type { MapEntry } from './map-entry.ts';

/** Where in the tables a filter stands. */
export type FilterPlace = {
  readonly bank: number;
  /** What records are marked with that passed this filter. */
  readonly generation: number;
  readonly room: Pick<FilterRoom, 'states' | 'classes' | 'tables' | 'masks'>;
};

const u16Bytes = 2;

function getOperationKey(operation: FileOperation, bank: number): number {
  return bank * recordKinds.length + recordKinds.indexOf(operation);
}

/** The table of a side's names; the destination's is the next one. */
function getNameTable(operation: FileOperation, bank: number): number {
  return getOperationKey(operation, bank) << 1;
}

function getPathPlace({ bank, room }: FilterPlace): PathPlace {
  return { firstState: bank * room.states, firstClass: bank * room.classes };
}

/** Where the automaton of programs stands: behind that of files. */
export function getProgramPlace({ paths }: KernelFilter, place: FilterPlace): PathPlace {
  const { firstState, firstClass } = getPathPlace(place);
  return {
    firstState: firstState + paths.states.length,
    firstClass: firstClass + paths.classes.length,
  };
}

function encodePrograms(filter: KernelFilter, place: FilterPlace): MapEntry[] {
  const { programs } = filter;
  const at = filterProgramsOffsets;
  const value = new Uint8Array(at.size);
  const view = new DataView(value.buffer);
  const entry: MapEntry = { map: 'filter_programs', key: encodeU32(place.bank), value };
  view.setUint32(at.generation, place.generation, true);
  if (programs === null) return [entry];
  const programPlace = getProgramPlace(filter, place);
  view.setUint32(at.isAsked, 1, true);
  view.setUint32(at.pathStart, programPlace.firstState, true);
  view.setUint32(at.everyRow, programs.everyRow, true);
  view.setUint32(at.atomRow, programs.atomRow, true);
  view.setUint32(at.noAtomRow, programs.noAtomRow, true);
  return [...encodePaths(programs.paths, programPlace), entry];
}

function encodeOperation(
  filter: OperationFilter,
  place: FilterPlace,
  firstTables: FirstTables,
): Uint8Array {
  const at = filterOperationOffsets;
  const bytes = new Uint8Array(at.size);
  const view = new DataView(bytes.buffer);
  const destination = filter.destination;
  const flags = findFlagBits(filter.values, filter.lanes);
  view.setBigUint64(at.lanes, filter.lanes, true);
  view.setBigUint64(at.sourceOtherNames, filter.source.otherNames, true);
  view.setBigUint64(at.sourceLongNames, filter.source.longNames, true);
  view.setBigUint64(at.destinationOtherNames, destination?.otherNames ?? filter.lanes, true);
  view.setBigUint64(at.destinationLongNames, destination?.longNames ?? filter.lanes, true);
  view.setBigUint64(at.anySourcePath, filter.anySourcePath, true);
  view.setBigUint64(at.anyDestinationPath, filter.anyDestinationPath, true);
  view.setBigUint64(at.anyProcess, filter.anyProcess, true);
  view.setUint32(at.allFailures, filter.failures === 'all' ? 1 : 0, true);
  view.setUint32(at.generation, place.generation, true);
  view.setUint32(at.nameTable, getNameTable(filter.operation, place.bank), true);
  view.setUint32(at.pathStart, getPathPlace(place).firstState, true);
  view.setUint32(at.sourceRow, filter.sourceRow, true);
  view.setUint32(at.destinationRow, filter.destinationRow, true);
  view.setUint32(at.programRow, filter.programRow, true);
  view.setUint32(at.flags, flags.bits, true);
  view.setBigUint64(at.withoutFlags, flags.without, true);
  for (const [value, table] of firstTables) {
    const number = filterValues.indexOf(value);
    view.setUint32(at.values, view.getUint32(at.values, true) | (1 << number), true);
    view.setUint16(at.valueTables + u16Bytes * number, table, true);
  }
  return bytes;
}

function encodeNameKey(table: number, name: string): Uint8Array {
  const bytes = new Uint8Array(filterNameKeyOffsets.size);
  new DataView(bytes.buffer).setUint32(filterNameKeyOffsets.table, table, true);
  bytes.set(encodeName(name, kernelLimits.FILTER_NAME_BYTES_MAX), filterNameKeyOffsets.name);
  return bytes;
}

function encodeNames(table: number, { names }: NameTable): MapEntry[] {
  const entries = [...names].map(([name, lanes]): MapEntry => {
    return { map: 'filter_names', key: encodeNameKey(table, name), value: encodeU64(lanes) };
  });
  const value = encodeNameBloom(names.keys());
  return [...entries, { map: 'filter_name_blooms', key: encodeU32(table), value }];
}

/** Encodes the filters of all operations; one that is missing drops every event. */
export function encodeFilter(filter: KernelFilter, place: FilterPlace): MapEntry[] {
  const { bank } = place;
  const entries = [
    ...encodePaths(filter.paths, getPathPlace(place)),
    ...encodePrograms(filter, place),
  ];
  const values = new ValueTables(bank * place.room.tables, bank * place.room.masks, entries);
  for (const operationFilter of filter.operations) {
    const { operation, source, destination } = operationFilter;
    const table = getNameTable(operation, bank);
    entries.push(...encodeNames(table, source));
    if (destination) entries.push(...encodeNames(table + 1, destination));
    const firstTables = values.encode(operationFilter.values);
    // Last: an operation whose lanes are not set yet drops everything.
    entries.push({
      map: 'filter_operations',
      key: encodeU32(getOperationKey(operation, bank)),
      value: encodeOperation(operationFilter, place, firstTables),
    });
  }
  return entries;
}
