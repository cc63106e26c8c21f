// SPDX-License-Identifier: Apache-2.0
// Turns a planned filter into the bytes of the kernel's maps. Pure; load/probe.ts installs them.

import {
  type FileOperation,
  filterNameKeyOffsets,
  filterOperationOffsets,
  kernelLimits,
  type NameTable,
  type OperationFilter,
  recordKinds,
} from '@fimbul/schema';

export type MapEntry = {
  readonly map: 'filter_operations' | 'filter_names' | 'filter_flags';
  readonly key: Uint8Array;
  readonly value: Uint8Array;
};

function encodeU32(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer);
}

function encodeU64(value: bigint): Uint8Array {
  return new Uint8Array(BigUint64Array.of(value).buffer);
}

function encodeOperation(filter: OperationFilter): Uint8Array {
  const at = filterOperationOffsets;
  const bytes = new Uint8Array(at.size);
  const view = new DataView(bytes.buffer);
  const destination = filter.destination;
  view.setBigUint64(at.lanes, filter.lanes, true);
  view.setBigUint64(at.sourceOtherNames, filter.source.otherNames, true);
  view.setBigUint64(at.sourceLongNames, filter.source.longNames, true);
  view.setBigUint64(at.destinationOtherNames, destination?.otherNames ?? filter.lanes, true);
  view.setBigUint64(at.destinationLongNames, destination?.longNames ?? filter.lanes, true);
  view.setUint32(at.allFailures, filter.failures === 'all' ? 1 : 0, true);
  view.setUint32(at.flagBitCount, filter.flags.bits.length, true);
  bytes.set(filter.flags.bits, at.flagBits);
  return bytes;
}

function encodeNameKey(table: number, name: string): Uint8Array {
  const bytes = new Uint8Array(filterNameKeyOffsets.size);
  new DataView(bytes.buffer).setUint32(filterNameKeyOffsets.table, table, true);
  bytes.set(Buffer.from(name, 'latin1'), filterNameKeyOffsets.name);
  return bytes;
}

function encodeNames(operation: FileOperation, side: 0 | 1, table: NameTable): MapEntry[] {
  const tableNumber = (recordKinds.indexOf(operation) << 1) | side;
  return [...table.names].map(([name, lanes]) => {
    // A name with a NUL is no file's name, and would be cut to another.
    if (name.length > kernelLimits.FILTER_NAME_BYTES_MAX || name.includes('\0')) {
      throw new RangeError(`name of ${name.length} bytes does not fit the kernel's table`);
    }
    return { map: 'filter_names', key: encodeNameKey(tableNumber, name), value: encodeU64(lanes) };
  });
}

/** Encodes the filters of all operations; one that is missing drops every event. */
export function encodeFilters(filters: readonly OperationFilter[]): MapEntry[] {
  const entries: MapEntry[] = [];
  for (const filter of filters) {
    entries.push(...encodeNames(filter.operation, 0, filter.source));
    if (filter.destination) entries.push(...encodeNames(filter.operation, 1, filter.destination));
    if (filter.operation === 'open') {
      filter.flags.masks.forEach((mask, index) => {
        entries.push({ map: 'filter_flags', key: encodeU32(index), value: encodeU64(mask) });
      });
    }
    // Last: an operation whose lanes are not set yet drops everything.
    entries.push({
      map: 'filter_operations',
      key: encodeU32(recordKinds.indexOf(filter.operation)),
      value: encodeOperation(filter),
    });
  }
  return entries;
}
