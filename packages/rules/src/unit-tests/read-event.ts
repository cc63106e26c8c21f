// SPDX-License-Identifier: Apache-2.0
// The event of a test: maps whose keys are the parts of field names, or several parts with dots
// between. Every problem is reported at its place; the event is usable when there is none.

import {
  type EventType,
  eventTypes,
  type FieldSpec,
  fieldAliases,
  fields,
  findField,
  isEventType,
} from '@fimbul/schema';
import { isMap, isSeq, type YAMLMap } from 'yaml';
import { createDiagnostic, quote } from '../diagnostics.ts';
import { findNearestName, suggestName } from '../nearest-name.ts';
import { visitEntries } from '../policy/map-entries.ts';
import {
  type Entry,
  failType,
  isNothing,
  placeOf,
  type Reader,
  readItemEntries,
  readText,
  reportAt,
} from '../policy/yaml-reader.ts';
import { deriveFields } from './derive-fields.ts';
import { readFieldValue } from './read-value.ts';
import { ancestorsPrefix, type Bag, baseTimeNs, type TestEvent } from './test-event.ts';

type EventReader = {
  readonly reader: Reader;
  readonly type: EventType;
  readonly timeNs: bigint;
  readonly values: Bag;
  /** Null until the event gives them. */
  ancestors: Bag[] | null;
};

/** A part of an event: what its keys continue, and where its values go. */
type Part = { readonly prefix: string; readonly bag: Bag; readonly isElement: boolean };

function listPrefixes(names: Iterable<string>): ReadonlySet<string> {
  const prefixes = new Set<string>();
  for (const name of names) {
    for (let at = name.indexOf('.'); at !== -1; at = name.indexOf('.', at + 1)) {
      prefixes.add(name.slice(0, at));
    }
  }
  return prefixes;
}

const prefixes = listPrefixes([...fields.map(({ name }) => name), ...fieldAliases.keys()]);

/** Reads an event; null when it has a problem. `atNs` counts from the beginning of the test. */
export function readEvent(reader: Reader, entry: Entry, atNs: bigint): TestEvent | null {
  if (!isMap(entry.value)) return failType(reader, entry, 'a map');
  const since = reader.problems.length;
  const type = readType(reader, entry.value);
  if (type === null) return null;
  const timeNs = baseTimeNs + atNs;
  const context: EventReader = { reader, type, timeNs, values: new Map(), ancestors: null };
  readPart(context, entry.value, { prefix: '', bag: context.values, isElement: false });
  if (reader.problems.slice(since).some(({ severity }) => severity === 'error')) return null;
  return deriveFields({ type, values: context.values, ancestors: context.ancestors, timeNs });
}

function readType(reader: Reader, map: YAMLMap): EventType | null {
  let found: Entry | null = null;
  visitEntries(reader, map, (entry) => {
    if (entry.key === 'type') found ??= entry;
  });
  const entry = found as Entry | null;
  if (entry === null || isNothing(entry.value)) {
    reportAt(reader, 'FR4003', { item: 'event', key: 'type' }, map);
    return null;
  }
  const name = readText(reader, entry);
  if (name === null) return null;
  if (isEventType(name)) return name;
  const suggestion = suggestName(
    name,
    eventTypes,
    'types are open, unlink, rename, exec and others',
  );
  reportAt(reader, 'FR5004', { name: quote(name), suggestion }, entry.value);
  return null;
}

function readPart(context: EventReader, map: YAMLMap, part: Part): void {
  const seen = new Set<string>();
  visitEntries(context.reader, map, (entry) => {
    // What `<<` brings in counts only where the map itself has no such key.
    if (seen.has(entry.key)) return;
    seen.add(entry.key);
    if (part.prefix === '' && entry.key === 'type') return;
    if (!isNothing(entry.value)) readNode(context, entry, part);
  });
}

function readNode(context: EventReader, entry: Entry, part: Part): void {
  const { reader, type } = context;
  const name = part.prefix + entry.key;
  const [first = ''] = name.split('.', 1);
  if (isEventType(first) && first !== type) {
    reportAt(reader, 'FR5005', { name: quote(name), type }, entry.keyNode);
    return;
  }
  if (name === ancestorsPrefix && !part.isElement) {
    readAncestors(context, entry);
    return;
  }
  if (isMap(entry.value) && prefixes.has(name)) {
    readPart(context, entry.value, { ...part, prefix: `${name}.` });
    return;
  }
  const field = findField(name);
  if (field === undefined) reportUnknown(context, entry, name);
  else readField(context, { entry, field, part });
}

function readAncestors(context: EventReader, entry: Entry): void {
  const { reader } = context;
  if (!isSeq(entry.value)) {
    const words = { name: entry.key, iterator: ancestorsPrefix };
    reportAt(reader, 'FR5016', words, entry.keyNode);
    return;
  }
  if (context.ancestors !== null) {
    reportAt(reader, 'FR5007', { name: ancestorsPrefix }, entry.keyNode);
    return;
  }
  const bags: Bag[] = [];
  context.ancestors = bags;
  for (const item of readItemEntries(reader, entry)) {
    const bag: Bag = new Map();
    bags.push(bag);
    if (isNothing(item.value)) continue;
    if (!isMap(item.value)) failType(reader, item, 'a map');
    else readPart(context, item.value, { prefix: `${ancestorsPrefix}.`, bag, isElement: true });
  }
}

type Given = { readonly entry: Entry; readonly field: FieldSpec; readonly part: Part };

function readField(context: EventReader, { entry, field, part }: Given): void {
  const { reader, type, timeNs } = context;
  const { name } = field;
  const refuse = (reason: string) => reportAt(reader, 'FR5006', { name, reason }, entry.keyNode);
  if (name === 'event.timestamp') refuse('it follows from `at`');
  else if (!field.inRules) refuse('it is part of alerts only');
  else if (field.event !== '*' && field.event !== type) {
    reportAt(reader, 'FR5005', { name, type }, entry.keyNode);
  } else if ((field.iterator !== null) !== part.isElement) {
    reportAt(reader, 'FR5016', { name, iterator: ancestorsPrefix }, entry.keyNode);
  } else if (part.bag.has(name)) {
    reportAt(reader, 'FR5007', { name }, entry.keyNode);
  } else {
    const value = readFieldValue({ reader, timeNs }, field, { ...entry, key: name });
    if (value !== null) part.bag.set(name, value);
  }
}

function reportUnknown({ reader, type }: EventReader, { keyNode, value }: Entry, name: string) {
  const known = fields.filter((field) => field.event === '*' || field.event === type);
  const names = isMap(value) ? [...prefixes] : known.map((field) => field.name);
  const nearest = findNearestName(name, names) ?? findNearestName(name, prefixes);
  const suggestion = nearest === null ? 'see the reference of fields' : `did you mean ${nearest}?`;
  const place = placeOf(reader, keyNode);
  reader.problems.push(createDiagnostic('FR5003', { name: quote(name), suggestion }, place));
}
