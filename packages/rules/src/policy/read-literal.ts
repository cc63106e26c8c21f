// SPDX-License-Identifier: Apache-2.0
// Reads a value that a policy spells out: a boolean, an integer, text, or a list of one of these.

import { isScalar, isSeq, type Node } from 'yaml';
import type { LiteralValue } from './drafts.ts';
import {
  type Entry,
  failType,
  getInteger,
  placeOf,
  type Reader,
  readItems,
  spend,
} from './yaml-reader.ts';

type Scalar = Pick<LiteralValue, 'type'> & { readonly value: boolean | bigint | string };

const int64Max = (1n << 63n) - 1n;

function getScalar(node: Node | null): Scalar | null {
  if (!isScalar(node)) return null;
  const { value } = node;
  if (typeof value === 'boolean') return { type: 'bool', value };
  if (typeof value === 'string') return { type: 'string', value };
  const integer = getInteger(node);
  if (integer === null || integer > int64Max || integer < -int64Max - 1n) return null;
  return { type: 'int', value: integer };
}

/** Reads a literal; null when the key is absent or its value is none. */
export function readLiteral(reader: Reader, entry: Entry | undefined): LiteralValue | null {
  if (entry === undefined) return null;
  const expected = 'text, an integer, true, false, or a list of one of these';
  const list = isSeq(entry.value);
  const nodes = list ? readItems(reader, entry) : [entry.value];
  const scalars = nodes.map(getScalar);
  const type = scalars[0]?.type ?? 'string';
  const values = scalars.flatMap((scalar) => (scalar?.type === type ? [scalar.value] : []));
  if (values.length !== nodes.length) {
    const wrong = nodes.find((_, index) => scalars[index]?.type !== type) ?? null;
    const key = list ? `each item of ${entry.key}` : entry.key;
    const wanted = list ? 'of the type of the first one' : expected;
    return failType(reader, { ...entry, key, value: wrong ?? entry.value }, wanted);
  }
  const length = values.reduce<number>((sum, value) => sum + String(value).length, 0);
  if (!spend(reader, length)) return null;
  return { type, list, values, place: placeOf(reader, entry.value) };
}
