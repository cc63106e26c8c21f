// SPDX-License-Identifier: Apache-2.0
// The kernel filter of one operation, as the rule compiler plans it and the probe installs it.
// A lane is one conjunction of one rule: one bit of a 64-bit mask. The kernel starts with all lanes
// of the operation, ANDs the mask that each table gives for the event's values, and drops the event
// when none is left. A table only ever clears lanes that the value rules out for certain.

import type { FileOperation } from './operations.ts';

/** At most this many lanes an operation; further conjunctions share the last one. */
export const laneCountMax = 64;

/** Bytes of a name that the kernel compares; longer names get `NameTable.longNames`. */
export const filterNameBytesMax = 59;

/** At most this many flag bits are tracked; the table has two to this power entries. */
export const filterFlagBitsMax = 10;

/** Exact last components of one file of an operation. */
export type NameTable = {
  /** Name (its bytes, as a byte string) → lanes that this name does not rule out. */
  readonly names: ReadonlyMap<string, bigint>;
  /** Lanes left for any name that is not in `names`. */
  readonly otherNames: bigint;
  /** Lanes left for a name longer than `filterNameBytesMax`. */
  readonly longNames: bigint;
};

/** Exact decision on up to `filterFlagBitsMax` bits of open's flags. */
export type FlagTable = {
  /** Bit positions in the flags, lowest index bit first. */
  readonly bits: readonly number[];
  /** 2^bits.length masks: lanes that this combination of the tracked bits does not rule out. */
  readonly masks: readonly bigint[];
};

export type OperationFilter = {
  readonly operation: FileOperation;
  /** All lanes in use; 0n means that no rule needs the operation and every event is dropped. */
  readonly lanes: bigint;
  readonly source: NameTable;
  /** Only rename has a second file. */
  readonly destination: NameTable | null;
  readonly flags: FlagTable;
  /** Which failed calls are wanted: `permission` is EACCES and EPERM alone. */
  readonly failures: 'permission' | 'all';
};
