// SPDX-License-Identifier: Apache-2.0
// The value of one field as a test writes it: text, true or false, an address, a number in any base
// of YAML, names of constants, or for a time its age.

import { constantGroups, type FieldSpec, integerConstants, toByteString } from '@fimbul/schema';
import { isScalar, isSeq } from 'yaml';
import { parseNetwork } from '../1-parse/network.ts';
import type { RuntimeScalar } from '../2-check/typed.ts';
import { quote } from '../diagnostics.ts';
import { suggestName } from '../nearest-name.ts';
import { parseGoDuration } from '../policy/go-duration.ts';
import {
  type Entry,
  failType,
  getInteger,
  type Reader,
  readBoolean,
  readItemEntries,
  readScalar,
  readText,
  reportAt,
} from '../policy/yaml-reader.ts';
import type { GivenValue } from './test-event.ts';

export type ValueReader = {
  readonly reader: Reader;
  /** What ages count from. */
  readonly timeNs: bigint;
};

/** Reads the value of a field; null when it has a problem, which is reported. */
export function readFieldValue(
  { reader, timeNs }: ValueReader,
  field: FieldSpec,
  entry: Entry,
): GivenValue | null {
  if (!field.list) return readScalarValue({ reader, timeNs }, field, entry);
  if (!isSeq(entry.value)) return failType(reader, entry, 'a list');
  const values: RuntimeScalar[] = [];
  for (const item of readItemEntries(reader, entry)) {
    const value = readScalarValue({ reader, timeNs }, field, item);
    if (value === null) return null;
    values.push(value);
  }
  return values;
}

function readScalarValue(
  { reader, timeNs }: ValueReader,
  field: FieldSpec,
  entry: Entry,
): RuntimeScalar | null {
  switch (field.type) {
    case 'string': {
      const text = readText(reader, entry);
      return text === null ? null : toByteString(text);
    }
    case 'bool':
      return readBoolean(reader, entry);
    case 'ip': {
      const text = readText(reader, entry);
      if (text === null) return null;
      return parseNetwork(text) ?? failType(reader, entry, 'an address such as 10.0.0.1 or ::1');
    }
    case 'int': {
      const value = field.style === 'time' ? readTime(entry, timeNs) : null;
      return value ?? readInteger(reader, field, entry);
    }
  }
}

/** A duration is the age at the time of the event; null when it is none. */
function readTime({ value }: Entry, timeNs: bigint): bigint | null {
  if (!isScalar(value) || getInteger(value) !== null) return null;
  const age = parseGoDuration(readScalar(value) ?? '');
  return age === null ? null : timeNs - age;
}

function readInteger(reader: Reader, field: FieldSpec, entry: Entry): bigint | null {
  const value = isSeq(entry.value)
    ? readUnion(reader, field, entry)
    : readSingle(reader, field, entry);
  if (value === null) return null;
  const [min, max] = field.range;
  if (value >= min && value <= max) return value;
  const words = { value: String(value), name: field.name, min: String(min), max: String(max) };
  reportAt(reader, 'FR5009', words, entry.value);
  return null;
}

/** The bits of all items: how flags are written. */
function readUnion(reader: Reader, field: FieldSpec, entry: Entry): bigint | null {
  let union = 0n;
  for (const item of readItemEntries(reader, entry)) {
    const value = readSingle(reader, field, item);
    if (value === null) return null;
    union |= value;
  }
  return union;
}

function readSingle(reader: Reader, field: FieldSpec, entry: Entry): bigint | null {
  const integer = getInteger(entry.value);
  if (integer !== null) return integer;
  const expected = describeInteger(field);
  if (!isScalar(entry.value) || typeof entry.value.value !== 'string') {
    return failType(reader, entry, expected);
  }
  const text = readText(reader, entry) ?? '';
  if (!/^[A-Z_a-z]/.test(text)) return failType(reader, entry, expected);
  let union = 0n;
  for (const part of text.split('|')) {
    const value = readConstant(reader, field, { entry, name: part.trim() });
    if (value === null) return null;
    union |= value;
  }
  return union;
}

function describeInteger({ style, constants, list }: FieldSpec): string {
  if (style === 'time') return 'an age such as 5s, or nanoseconds since 1970';
  if (constants === null) return 'an integer';
  return list ? 'an integer or the name of a constant' : 'an integer, or names of constants';
}

function readConstant(
  reader: Reader,
  { constants }: FieldSpec,
  { entry, name }: { readonly entry: Entry; readonly name: string },
): bigint | null {
  const value = integerConstants.get(name);
  if (value !== undefined) return value;
  const names =
    constants === null ? integerConstants.keys() : Object.keys(constantGroups[constants]);
  const known = constants === null ? 'write a number' : `it has ${listSome([...names])}`;
  const candidates = constants === null ? integerConstants.keys() : names;
  const suggestion = suggestName(name, candidates, known);
  reportAt(reader, 'FR5008', { name: quote(name), suggestion }, entry.value);
  return null;
}

function listSome(names: readonly string[]): string {
  const shown = names.slice(0, 4).join(', ');
  return names.length > 4 ? `${shown} and others` : shown;
}
