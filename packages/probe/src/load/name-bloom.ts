// SPDX-License-Identifier: Apache-2.0
// A Bloom filter of names: most names of files are none that a rule lists, and one bit tells so.
// One hash of the length and the first bytes; what it cannot tell apart the exact table does.

import { filterNameBloomOffsets, kernelLimits } from '@fimbul/schema';
import { encodeName } from './map-entry.ts';

const startBytes = 8;
const wordBits = 64;
/** As `filter_bloom_bit` of bpf/lib/filter.h. */
const lengthFactor = 0xff51afd7ed558ccdn;
const hashFactor = 0x9e3779b97f4a7c15n;
const hashShift = 50n;

function findBit(name: Uint8Array): number {
  const start = new Uint8Array(startBytes);
  start.set(name.subarray(0, startBytes));
  const mixed = new DataView(start.buffer).getBigUint64(0, true);
  const withLength = mixed ^ BigInt.asUintN(wordBits, BigInt(name.length) * lengthFactor);
  return Number(BigInt.asUintN(wordBits, withLength * hashFactor) >> hashShift);
}

/** The bytes of the map's value for the names of a table. */
export function encodeNameBloom(names: Iterable<string>): Uint8Array {
  const bytes = new Uint8Array(filterNameBloomOffsets.size);
  const view = new DataView(bytes.buffer);
  for (const name of names) {
    const bit = findBit(encodeName(name, kernelLimits.FILTER_NAME_BYTES_MAX));
    const at = filterNameBloomOffsets.words + (bit >> 6) * 8;
    const word = view.getBigUint64(at, true) | (1n << BigInt(bit & (wordBits - 1)));
    view.setBigUint64(at, word, true);
  }
  return bytes;
}
