// SPDX-License-Identifier: Apache-2.0
// The kernel filter in TypeScript: what the programs in the kernel compute, step by step. Property
// tests compare it with the rules, and kernel tests compare the programs with it.

import { filterNameBytesMax, type NameTable, type OperationFilter } from '@fimbul/schema';

/** What the kernel sees of an event. */
export type VisibleEvent = {
  /** Bytes of the last component; null when only a string that the caller passed is known. */
  readonly sourceName: string | null;
  /** The same of the second file of a rename. */
  readonly destinationName: string | null;
  /** Flags of open; 0 for other operations. */
  readonly flags: number;
  readonly result: bigint;
};

function lookUpName(table: NameTable, name: string | null, lanes: bigint): bigint {
  if (name === null) return lanes;
  if (name.length > filterNameBytesMax) return lanes & table.longNames;
  return lanes & (table.names.get(name) ?? table.otherNames);
}

function isSent(filter: OperationFilter, result: bigint): boolean {
  return result >= 0n || filter.failures === 'all' || result === -1n || result === -13n;
}

/** Returns the lanes that an event keeps; 0n when the kernel drops it. */
export function filterEvent(filter: OperationFilter, event: VisibleEvent): bigint {
  if (!isSent(filter, event.result)) return 0n;
  let lanes = lookUpName(filter.source, event.sourceName, filter.lanes);
  if (filter.destination) lanes = lookUpName(filter.destination, event.destinationName, lanes);
  let index = 0;
  filter.flags.bits.forEach((bit, position) => {
    index |= ((event.flags >>> bit) & 1) << position;
  });
  return lanes & (filter.flags.masks[index] ?? lanes);
}
