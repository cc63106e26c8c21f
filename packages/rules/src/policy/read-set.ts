// SPDX-License-Identifier: Apache-2.0
// Reads a `set` action. What can be said of it alone is checked here; whether it agrees with others
// that set the same variable is known when all policies are read.

import { quote } from '../diagnostics.ts';
import type { LiteralValue, SetDraft } from './drafts.ts';
import { readMap } from './map-entries.ts';
import { scopes, setKeys } from './policy-keys.ts';
import { idPatterns } from './read-definition.ts';
import { readLiteral } from './read-literal.ts';
import {
  type Entries,
  type Entry,
  placeOf,
  type Reader,
  readBoolean,
  readChoice,
  readDuration,
  readExpression,
  readInteger,
  readText,
  reportAt,
} from './yaml-reader.ts';

/** Reads a set action; null when it cannot be one. */
export function readSet(reader: Reader, action: Entry): SetDraft | null {
  const entries = readMap(reader, action, setKeys);
  if (entries === null) return null;
  const name = readName(reader, entries, action);
  const scope = readChoice(reader, entries.get('scope'), scopes) ?? ('global' as const);
  const defaultValue = readLiteral(reader, entries.get('default_value'));
  const source = readSource(reader, entries, action);
  const append = readBoolean(reader, entries.get('append')) ?? false;
  const inherited = readBoolean(reader, entries.get('inherited')) ?? false;
  if (scope !== 'process') {
    if (inherited) refuseKey(reader, entries, 'inherited');
    if (entries.has('scope_field')) refuseKey(reader, entries, 'scope_field');
  }
  const rest = {
    scope,
    defaultValue,
    append,
    inherited,
    scopeField: readExpression(reader, entries.get('scope_field')),
    size: readInteger(reader, entries.get('size'), setKeys.size),
    ttlNs: readDuration(reader, entries.get('ttl')),
    isPrivate: readBoolean(reader, entries.get('private')) ?? false,
  };
  if (name === null || source === null) return null;
  if (!agreesWithDefault(reader, entries, name, { source, defaultValue, append })) return null;
  return { kind: 'set', ...name, source, ...rest };
}

type Name = Pick<SetDraft, 'name' | 'namePlace'>;

function readName(reader: Reader, entries: Entries, action: Entry): Name | null {
  const entry = entries.get('name');
  if (entry === undefined) {
    reportAt(reader, 'FR4003', { item: 'set action', key: 'name' }, action.keyNode);
    return null;
  }
  const name = readText(reader, entry);
  if (name === null) return null;
  if (!idPatterns.macro.test(name)) {
    const reason = 'it is no name of the language';
    reportAt(reader, 'FR4022', { name: quote(name), reason }, entry.value);
    return null;
  }
  return { name, namePlace: placeOf(reader, entry.value) };
}

function refuseKey(reader: Reader, entries: Entries, key: string): void {
  reportAt(reader, 'FR4026', { key }, entries.get(key)?.keyNode);
}

function readSource(reader: Reader, entries: Entries, action: Entry): SetDraft['source'] | null {
  const given = (['value', 'field', 'expression'] as const).filter((key) => entries.has(key));
  const [from] = given;
  if (from === undefined || given.length > 1) {
    const found = given.join(' and ') || 'none';
    reportAt(reader, 'FR4023', { found }, action.keyNode);
    return null;
  }
  if (from === 'value') {
    const value = readLiteral(reader, entries.get('value'));
    return value && { from, value };
  }
  const text = readExpression(reader, entries.get(from));
  return text && { from, text };
}

const typeNames = { bool: 'a boolean', int: 'an integer', string: 'text' } as const;

function describeLiteral({ type, list, values }: LiteralValue): string {
  if (!list) return typeNames[type];
  if (values.length === 0) return 'an empty list';
  return { bool: 'a list of booleans', int: 'a list of integers', string: 'a list of texts' }[type];
}

/** A value and a default value have one type; and an expression has no type without a default. */
function agreesWithDefault(
  reader: Reader,
  entries: Entries,
  { name }: Name,
  { source, defaultValue, append }: Pick<SetDraft, 'source' | 'defaultValue' | 'append'>,
): boolean {
  if (source.from === 'expression' && defaultValue === null) {
    reportAt(reader, 'FR4024', { name }, entries.get('expression')?.keyNode);
    return false;
  }
  if (source.from !== 'value' || defaultValue === null) return true;
  const { value } = source;
  const isEmptyList = (literal: LiteralValue) => literal.list && literal.values.length === 0;
  const sameType = value.type === defaultValue.type;
  const sameShape = append || value.list === defaultValue.list;
  const isVague = isEmptyList(defaultValue) || isEmptyList(value);
  if (sameShape && (sameType || isVague)) return true;
  const words = {
    name,
    found: describeLiteral(value),
    expected: describeLiteral(defaultValue),
  };
  reportAt(reader, 'FR4027', words, entries.get('value')?.value);
  return false;
}
