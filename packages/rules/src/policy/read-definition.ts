// SPDX-License-Identifier: Apache-2.0
// What macros and rules have in common: an id, and for which hosts and versions they exist. A
// definition with an error of its own is left out and reported, the others are kept.

import { isMap, type Node, type YAMLMap } from 'yaml';
import { quote } from '../diagnostics.ts';
import type { Applicability } from './drafts.ts';
import { readEntries } from './map-entries.ts';
import type { KeyTable } from './policy-keys.ts';
import { satisfiesVersion } from './version-constraint.ts';
import {
  type Entries,
  type Entry,
  failType,
  type Reader,
  readItems,
  readText,
  readTexts,
  reportAt,
} from './yaml-reader.ts';

/** Ids appear in alerts; those of macros are names of the language. */
export const idPatterns = { rule: /^[A-Za-z0-9_]+$/, macro: /^[A-Za-z_][A-Za-z0-9_]*$/ } as const;

/** A map of a list that defines something. */
export type Definition = { readonly id: string; readonly entries: Entries };

export type DefinitionKind<Item> = {
  readonly name: keyof typeof idPatterns;
  readonly keys: KeyTable;
  readonly read: (reader: Reader, definition: Definition) => Item;
};

export type Definitions<Item> = {
  readonly items: readonly Item[];
  /** How many entries were left out because of an error. */
  readonly brokenCount: number;
  readonly brokenIds: readonly string[];
};

/** Reads the definitions of a list. */
export function readDefinitions<Item>(
  reader: Reader,
  entry: Entry | undefined,
  kind: DefinitionKind<Item>,
): Definitions<Item> {
  const items: Item[] = [];
  const brokenIds: string[] = [];
  const nodes = readItems(reader, entry);
  for (const node of nodes) {
    // What aliases repeat without measure is not read to the end, and so not loaded.
    if (reader.partsLeft < 0) break;
    const since = reader.problems.length;
    if (!isMap(node)) {
      failType(reader, { key: 'an item', keyNode: node, value: node }, 'a map');
      continue;
    }
    const entries = readEntries(reader, node, kind.keys);
    const id = readId(reader, entries, node, kind);
    const item = id === null ? null : kind.read(reader, { id, entries });
    const found = reader.problems.splice(since);
    for (const problem of found) reader.problems.push({ ...problem, rule: id });
    if (item !== null && found.every(({ severity }) => severity !== 'error')) items.push(item);
    else if (id !== null) brokenIds.push(id);
  }
  return { items, brokenCount: nodes.length - items.length, brokenIds };
}

function readId(
  reader: Reader,
  entries: Entries,
  map: YAMLMap,
  { name }: Pick<DefinitionKind<unknown>, 'name'>,
): string | null {
  const entry = entries.get('id');
  if (entry === undefined) {
    reportAt(reader, 'FR4003', { item: name, key: 'id' }, firstOf(map));
    return null;
  }
  const id = readText(reader, entry);
  if (id === null || idPatterns[name].test(id)) return id;
  reportAt(reader, 'FR4008', { id: quote(id) }, entry.value);
  return null;
}

/** A map begins at its first key: pointing at all of it would underline too much. */
export function firstOf(map: YAMLMap): Node {
  const key = map.items[0]?.key as Node | null | undefined;
  return key ?? map;
}

export function readApplicability(reader: Reader, entries: Entries): Applicability {
  const filters = readTexts(reader, entries.get('filters'));
  const entry = entries.get('agent_version');
  const text = readText(reader, entry);
  // An empty constraint is none.
  if (text === null || text === '') return { filters, isForThisVersion: true };
  const isSatisfied = satisfiesVersion(text);
  if (isSatisfied === null) reportAt(reader, 'FR4018', { text: quote(text) }, entry?.value);
  return { filters, isForThisVersion: isSatisfied ?? true };
}
