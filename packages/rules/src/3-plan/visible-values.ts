// SPDX-License-Identifier: Apache-2.0
// The values that the kernel sees of an event which is given by its fields, as tests give them.

import { type FileOperation, type FilterValue, listFilteredFields } from '@fimbul/schema';
import type { VisibleValues } from './filter-model.ts';

/**
 * Reads the values that an operation has. Fields of one value that contradict each other, as none
 * do in a record, leave it unknown; so do numbers that no record can hold.
 */
export function readVisibleValues(
  operation: FileOperation,
  read: (field: string) => bigint | boolean | string,
): VisibleValues {
  const values: Partial<Record<FilterValue, number>> = {};
  const contradicted = new Set<FilterValue>();
  for (const [name, { value, mask, ofText }] of listFilteredFields(operation)) {
    if (value === 'result') continue;
    const given = read(name);
    const number = BigInt(typeof given === 'string' ? (ofText?.(given) ?? 0) : given);
    const known = values[value];
    // The first field of a value is all of it.
    if (known === undefined) values[value] = Number(BigInt.asUintN(32, number));
    const whole = known === undefined ? number : BigInt(known);
    if ((whole & mask) !== number) contradicted.add(value);
  }
  for (const value of contradicted) delete values[value];
  return values;
}
