// SPDX-License-Identifier: Apache-2.0
// The keys of a map, together with those that it takes from others by `<<`. A key of the map itself
// counts before those of the maps it takes from, and of these the first that has it.

import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import { quote } from '../diagnostics.ts';
import type { KeyTable } from './policy-keys.ts';
import {
  type Entries,
  type Entry,
  failType,
  isNothing,
  type Reader,
  readScalar,
  readText,
  reportAt,
  resolveAlias,
  spend,
  suggest,
} from './yaml-reader.ts';

type Visit = (entry: Entry) => void;

/** Calls back for each key, nearest definition first. */
export function visitEntries(reader: Reader, map: YAMLMap, visit: Visit): void {
  visitOwn(reader, map, visit, new Set());
}

function visitOwn(reader: Reader, map: YAMLMap, visit: Visit, seen: Set<Node>): void {
  // A map that was taken already adds nothing, which also ends circles.
  if (seen.has(map) || !spend(reader, map.items.length)) return;
  seen.add(map);
  const own = new Set<string>();
  const merges: Entry[] = [];
  for (const pair of map.items) {
    const entry = readPair(reader, pair);
    const { key, keyNode } = entry;
    if (own.has(key)) {
      reportAt(reader, 'FR4004', { key: quote(key) }, keyNode);
      continue;
    }
    own.add(key);
    if (isMergeKey(keyNode)) merges.push(entry);
    else visit(entry);
  }
  for (const entry of merges) {
    for (const source of listSources(reader, entry)) visitOwn(reader, source, visit, seen);
  }
}

function readPair(reader: Reader, { key, value }: Pair): Entry {
  const keyNode = resolveAlias(reader, key);
  const name = isScalar(keyNode) ? (readScalar(keyNode) ?? '') : '';
  return { key: name, keyNode, value: resolveAlias(reader, value) };
}

function isMergeKey(node: Node | null): boolean {
  return isScalar(node) && node.value === '<<' && node.type === 'PLAIN';
}

function listSources(reader: Reader, entry: Entry): readonly YAMLMap[] {
  const { value } = entry;
  if (isMap(value)) return [value];
  if (!isSeq(value)) {
    failType(reader, entry, 'a map or a list of maps');
    return [];
  }
  if (!spend(reader, value.items.length)) return [];
  return value.items.flatMap((item) => {
    const source = resolveAlias(reader, item);
    if (isMap(source)) return [source];
    failType(reader, { ...entry, key: 'each item of <<', value: source }, 'a map');
    return [];
  });
}

/** Reads the keys of a map; unknown and waiting ones are warned about, doubled ones are errors. */
export function readEntries(
  reader: Reader,
  map: YAMLMap,
  known: KeyTable,
  isOther: (key: string) => boolean = () => false,
): Entries {
  const entries = new Map<string, Entry>();
  visitEntries(reader, map, (entry) => {
    const { key, keyNode, value } = entry;
    if (isOther(key)) return;
    const spec = Object.hasOwn(known, key) ? known[key] : undefined;
    if (spec === undefined) reportUnknown(reader, entry, Object.keys(known));
    else if (spec.waiting !== undefined) {
      reportAt(reader, 'FR4102', { key, consequence: spec.waiting }, keyNode);
    } else if (!entries.has(key) && !isNothing(value)) entries.set(key, entry);
  });
  return entries;
}

function reportUnknown(reader: Reader, { key, keyNode }: Entry, names: readonly string[]): void {
  if (keyNode !== null && reader.wrongKeys.has(keyNode)) return;
  if (keyNode !== null) reader.wrongKeys.add(keyNode);
  const suggestion = suggest(reader, key, names);
  reportAt(reader, 'FR4101', { key: quote(key), suggestion }, keyNode);
}

/** Reads a map of texts. */
export function readTextMap(reader: Reader, entry: Entry | undefined): Record<string, string> {
  if (entry === undefined) return {};
  if (!isMap(entry.value)) {
    failType(reader, entry, 'a map');
    return {};
  }
  const texts = new Map<string, string>();
  visitEntries(reader, entry.value, (item) => {
    if (texts.has(item.key)) return;
    const text = isNothing(item.value) ? '' : readText(reader, item);
    if (text !== null) texts.set(item.key, text);
  });
  return Object.fromEntries(texts);
}

/** Reads a map with keys of its own; null when it is absent or no map. */
export function readMap(reader: Reader, entry: Entry | undefined, keys: KeyTable): Entries | null {
  if (entry === undefined) return null;
  if (!isMap(entry.value)) return failType(reader, entry, 'a map');
  return readEntries(reader, entry.value, keys);
}
