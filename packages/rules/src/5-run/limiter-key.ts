// SPDX-License-Identifier: Apache-2.0
// The values of limiter tokens as one text: two events have the same one exactly when all values
// are the same. Texts are written with their length, so that no value can pass for two.

import { formatIpNet } from '../1-parse/network.ts';
import type { FieldValue } from '../4-emit/emitted.ts';

function isList(value: FieldValue): value is Extract<FieldValue, readonly unknown[]> {
  return Array.isArray(value);
}

function writeValue(value: FieldValue): string {
  if (isList(value)) return `[${value.map(writeValue).join('')}]`;
  switch (typeof value) {
    case 'string':
      return `${value.length}:${value}`;
    case 'object':
      return `${formatIpNet(value)};`;
    default:
      return `${value};`;
  }
}

/** Makes the key of some values; that of none is empty. */
export function makeLimiterKey(values: readonly FieldValue[]): string {
  return values.map(writeValue).join('');
}
