// SPDX-License-Identifier: Apache-2.0
// Holds the records that came against those that had to come.

import { isDeepStrictEqual } from 'node:util';
import type { Shape, ShapeValue } from './expected-records.ts';
import { namePathFlags, type ObservedRecord } from './observed-record.ts';

const textColumnsMax = 300;

function isShape(value: unknown): value is Shape {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Names the flags of paths, so that a difference can be read. */
function nameFlags(value: unknown): unknown {
  if (!isShape(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      name === 'pathFlags' && typeof member === 'number'
        ? namePathFlags(member)
        : nameFlags(member),
    ]),
  );
}

function write(value: unknown): string {
  const text = JSON.stringify(value, (_name, member: unknown) =>
    typeof member === 'bigint' ? `${member}n` : member,
  );
  if (text === undefined) return 'absent';
  return text.length > textColumnsMax ? `${text.slice(0, textColumnsMax)}… (${text.length})` : text;
}

/** Members of a shape that a value does not have, as `path: expected …, got …`. */
function findDifferences(expected: ShapeValue, actual: unknown, place: string): readonly string[] {
  if (!isShape(expected)) {
    return isDeepStrictEqual(expected, actual)
      ? []
      : [`${place}: expected ${write(expected)}, got ${write(actual)}`];
  }
  return Object.entries(expected).flatMap(([name, member]) =>
    findDifferences(
      member,
      isShape(actual) ? actual[name] : undefined,
      place === '' ? name : `${place}.${name}`,
    ),
  );
}

function summarize(value: unknown): string {
  if (!isShape(value)) return write(value);
  const path = isShape(value.file) ? ` ${write(value.file.path)}` : '';
  const pid = isShape(value.process) ? ` by ${write(value.process.pid)}` : '';
  return `${value.kind}${path}${pid} → ${write(value.retval ?? value.status)}`;
}

/** Returns what is wrong, in words; nothing when each record came, once and in order. */
export function compareRecords(
  expected: readonly Shape[],
  observed: readonly ObservedRecord[],
): readonly string[] {
  const records = observed.map(nameFlags);
  const kinds = (values: readonly unknown[]): readonly unknown[] =>
    values.map((value) => (isShape(value) ? value.kind : null));
  if (!isDeepStrictEqual(kinds(expected), kinds(records))) {
    return [
      'the records are not those expected',
      ...expected.map((shape) => `  expected: ${summarize(shape)}`),
      ...records.map((record) => `  got:      ${summarize(record)}`),
    ];
  }
  return expected.flatMap((shape, index) =>
    findDifferences(shape, records[index], '').map(
      (difference) => `record ${index} (${shape.kind}): ${difference}`,
    ),
  );
}
