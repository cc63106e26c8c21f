// SPDX-License-Identifier: Apache-2.0
// Generated tables of values, which tell apart what generated work does: bits that its flags and
// modes have, and numbers about its owners and ids.

import {
  bitValues,
  type FilterValue,
  filterTablesPerValueMax,
  filterValueBitsMax,
  filterValueBoundsMax,
  getFilesystemNumber,
  type ValueClasses,
  type ValueTable,
} from '@fimbul/schema';
import fc from 'fast-check';
import { arbitraryLanes } from './arbitrary-lanes.ts';

const flagBits = [0, 1, 6, 7, 9, 10, 11, 12, 15, 17, 18, 19, 21, 22, 31];
const placeNumbers = ['ext4', 'overlay', 'tmpfs'].map(getFilesystemNumber);
const modeBits = [...Array(16).keys(), 31];
const numbers = [0, 1, 2, 999, 1000, 1001, 65533, 65534, 0x7fff_ffff, 0xffff_fffe];
const results = [
  0,
  1,
  3,
  0x7fff_ffff,
  0x8000_0000,
  ...[17, 14, 13, 12, 2, 1].map((e) => 2 ** 32 - e),
];

function arbitraryClasses(value: FilterValue): fc.Arbitrary<ValueClasses> {
  if (bitValues.has(value)) {
    const isFlag = value.endsWith('_layer') || value === 'contained';
    const bits = value === 'flags' ? flagBits : isFlag ? [0] : modeBits;
    return fc
      .uniqueArray(fc.constantFrom(...bits), { maxLength: filterValueBitsMax })
      .map((own) => ({ kind: 'bits', value, bits: own }));
  }
  const own = value.endsWith('_filesystem') ? placeNumbers : numbers;
  return fc
    .uniqueArray(fc.constantFrom(...(value === 'result' ? results : own)), {
      maxLength: filterValueBoundsMax,
    })
    .map((lasts) => lasts.sort((left, right) => left - right))
    .map((lasts) => ({ kind: 'bounds', value, lasts }));
}

function arbitraryTable(value: FilterValue): fc.Arbitrary<ValueTable> {
  return arbitraryClasses(value).chain((classes) => {
    const length = classes.kind === 'bits' ? 2 ** classes.bits.length : classes.lasts.length + 1;
    return fc
      .array(arbitraryLanes, { minLength: length, maxLength: length })
      .map((masks) => ({ classes, masks }));
  });
}

/** Tables of some of these values, often none: each takes away most lanes. */
export function arbitraryTablesOf(
  values: readonly FilterValue[],
): fc.Arbitrary<readonly ValueTable[]> {
  return fc
    .tuple(
      ...values.map((value) =>
        fc.oneof(
          { weight: 4, arbitrary: fc.constant([]) },
          { weight: 3, arbitrary: fc.array(arbitraryTable(value), { minLength: 1, maxLength: 1 }) },
          {
            weight: 1,
            arbitrary: fc.array(arbitraryTable(value), { maxLength: filterTablesPerValueMax }),
          },
        ),
      ),
    )
    .map((tables) => tables.flat());
}
