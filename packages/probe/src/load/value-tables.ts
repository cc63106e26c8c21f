// SPDX-License-Identifier: Apache-2.0
// Tables of values as the kernel has them: how each tells values apart, and a mask for each class.
// Operands that a table does not use are such that no value has them: no bit, no number beyond.

import {
  type FilterValue,
  filterValueTableOffsets,
  kernelLimits,
  type ValueClasses,
  type ValueTable,
} from '@fimbul/schema';
import { encodeU32, encodeU64, type MapEntry } from './map-entry.ts';

/** The first table of each value of an operation that has any. */
export type FirstTables = ReadonlyMap<FilterValue, number>;

const operandsMax = 16;
const noBit = 32;
const everyBit = 0xffff_ffff;
const noNumberBeyond = 0xffff_ffff;

function encodeOperands(classes: ValueClasses): Uint32Array {
  const isBits = classes.kind === 'bits';
  const most = isBits ? kernelLimits.FILTER_VALUE_BITS_MAX : kernelLimits.FILTER_VALUE_BOUNDS_MAX;
  const own = isBits ? classes.bits : classes.lasts;
  if (own.length > most) {
    throw new RangeError(`a table of ${own.length} ${classes.kind} does not fit the kernel's`);
  }
  const operands = new Uint32Array(operandsMax).fill(isBits ? noBit : noNumberBeyond);
  operands.set(own);
  return operands;
}

function uniteBits(positions: readonly number[]): number {
  return positions.reduce((bits, position) => (bits | (1 << position)) >>> 0, 0);
}

/** What the tables of flags look at. */
export type FlagBits = {
  readonly bits: number;
  /** Lanes left where none of them is set. */
  readonly without: bigint;
};

export function findFlagBits(tables: readonly ValueTable[], lanes: bigint): FlagBits {
  const ofFlags = tables.filter(({ classes }) => classes.value === 'flags');
  const bits = ofFlags.map(({ classes }) => {
    return classes.kind === 'bits' ? uniteBits(classes.bits) : everyBit;
  });
  return {
    bits: bits.reduce((all, own) => (all | own) >>> 0, 0),
    // The first class is that of no bit, and of the number 0.
    without: ofFlags.reduce((left, { masks }) => left & (masks[0] ?? 0n), lanes),
  };
}

function encodeTable(classes: ValueClasses, firstMask: number, hasNext: boolean): Uint8Array {
  const at = filterValueTableOffsets;
  const bytes = new Uint8Array(at.size);
  const view = new DataView(bytes.buffer);
  view.setUint32(at.firstMask, firstMask, true);
  view.setUint16(at.isBits, classes.kind === 'bits' ? 1 : 0, true);
  view.setUint16(at.hasNext, hasNext ? 1 : 0, true);
  bytes.set(new Uint8Array(encodeOperands(classes).buffer), at.operands);
  return bytes;
}

/** Numbers the tables and masks of a bank as they come. */
export class ValueTables {
  readonly #entries: MapEntry[];
  #table: number;
  #mask: number;

  /** What is encoded is added to the entries. */
  constructor(firstTable: number, firstMask: number, entries: MapEntry[]) {
    this.#table = firstTable;
    this.#mask = firstMask;
    this.#entries = entries;
  }

  /** Encodes the tables of an operation; those of one value are next to each other. */
  encode(tables: readonly ValueTable[]): FirstTables {
    const first = new Map<FilterValue, number>();
    tables.forEach(({ classes, masks }, index) => {
      const { value } = classes;
      const hasNext = tables[index + 1]?.classes.value === value;
      if (!first.has(value)) first.set(value, this.#table);
      this.#entries.push(
        ...masks.map((mask, at): MapEntry => {
          const key = encodeU32(this.#mask + at);
          return { map: 'filter_value_masks', key, value: encodeU64(mask) };
        }),
        {
          map: 'filter_value_tables',
          key: encodeU32(this.#table),
          value: encodeTable(classes, this.#mask, hasNext),
        },
      );
      this.#table += 1;
      this.#mask += masks.length;
    });
    return first;
  }
}
