// SPDX-License-Identifier: Apache-2.0
// Reads values of a YAML document with their places. A value of the wrong type is reported and
// comes out as null; nothing is coerced except that numbers and booleans may stand for text.

import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import type { DiagnosticCode } from '../diagnostic-catalogue.ts';
import { createDiagnostic, type Diagnostic, type DiagnosticWords, quote } from '../diagnostics.ts';
import { suggestName } from '../nearest-name.ts';
import { type ExpressionText, locateOffsets, type Place, type SourceFile } from '../source-text.ts';
import { mapScalar } from './scalar-offsets.ts';

export type Reader = {
  readonly file: SourceFile;
  readonly document: Document;
  readonly problems: Diagnostic[];
};

/** A key of a map with its value. */
export type Entry = {
  readonly key: string;
  readonly keyNode: Node | null;
  readonly value: Node | null;
};

/** The keys of a kind of map: those that are read, and what happens instead for those that wait. */
export type KnownKeys = {
  readonly read: readonly string[];
  readonly waiting: Readonly<Record<string, string>>;
};

export function placeOf(reader: Reader, node: Node | null | undefined): Place {
  const [start, end] = node?.range ?? [0, 0];
  return locateOffsets(reader.file, start, Math.max(end, start + 1));
}

export function reportAt<Code extends DiagnosticCode>(
  reader: Reader,
  code: Code,
  words: DiagnosticWords<Code>,
  node: Node | null | undefined,
): void {
  reader.problems.push(createDiagnostic(code, words, placeOf(reader, node)));
}

export function resolveAlias(reader: Reader, node: unknown): Node | null {
  if (isAlias(node)) return node.resolve(reader.document) ?? null;
  return (node ?? null) as Node | null;
}

function describeNode(node: Node | null): string {
  if (node === null) return 'nothing';
  if (isMap(node)) return 'a map';
  if (isSeq(node)) return 'a list';
  if (!isScalar(node)) return 'an alias';
  if (node.value === null) return 'nothing';
  return quote(readScalar(node) ?? '');
}

/** The text of a scalar as it was written; null for an empty one. */
function readScalar(node: Scalar): string | null {
  if (typeof node.value === 'string') return node.value;
  return node.value === null ? null : (node.source ?? String(node.value));
}

export function failType(reader: Reader, entry: Entry, expected: string): null {
  const words = { key: entry.key, expected, found: describeNode(entry.value) };
  reportAt(reader, 'FR4002', words, entry.value ?? entry.keyNode);
  return null;
}

/** Reads the keys of a map; unknown and waiting ones are warned about, doubled ones are errors. */
export function readEntries(reader: Reader, map: YAMLMap, known: KnownKeys): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const pair of map.items) {
    const keyNode = resolveAlias(reader, pair.key);
    const key = isScalar(keyNode) ? (readScalar(keyNode) ?? '') : '';
    const value = resolveAlias(reader, pair.value);
    if (entries.has(key)) {
      reportAt(reader, 'FR4004', { key: quote(key) }, keyNode);
      continue;
    }
    entries.set(key, { key, keyNode, value });
    const consequence = Object.hasOwn(known.waiting, key) ? known.waiting[key] : undefined;
    if (consequence !== undefined) {
      reportAt(reader, 'FR4102', { key, consequence }, keyNode);
    } else if (!known.read.includes(key)) {
      const names = [...known.read, ...Object.keys(known.waiting)];
      const suggestion = suggestName(key, names, `known keys are ${names.join(', ')}`);
      reportAt(reader, 'FR4101', { key: quote(key), suggestion }, keyNode);
    }
  }
  return entries;
}

/** Reads text; null when the key is absent or its value is no text. */
export function readText(reader: Reader, entry: Entry | undefined): string | null {
  if (entry === undefined) return null;
  const text = isScalar(entry.value) ? readScalar(entry.value) : null;
  return text ?? failType(reader, entry, 'text');
}

export function readBoolean(reader: Reader, entry: Entry | undefined): boolean | null {
  if (entry === undefined) return null;
  if (isScalar(entry.value) && typeof entry.value.value === 'boolean') return entry.value.value;
  return failType(reader, entry, 'true or false');
}

/** Reads the items of a list; an absent or empty value is an empty list. */
export function readItems(reader: Reader, entry: Entry | undefined): readonly (Node | null)[] {
  if (entry === undefined) return [];
  if (isSeq(entry.value)) return entry.value.items.map((item) => resolveAlias(reader, item));
  if (entry.value !== null && !(isScalar(entry.value) && entry.value.value === null)) {
    failType(reader, entry, 'a list');
  }
  return [];
}

/** Reads a list of texts. */
export function readTexts(reader: Reader, entry: Entry | undefined): readonly ExpressionText[] {
  const texts: ExpressionText[] = [];
  for (const item of readItems(reader, entry)) {
    const key = `each item of ${entry?.key ?? ''}`;
    const text = readExpression(reader, { key, keyNode: entry?.keyNode ?? null, value: item });
    if (text) texts.push(text);
  }
  return texts;
}

/** Reads a map of texts. */
export function readTextMap(reader: Reader, entry: Entry | undefined): Record<string, string> {
  if (entry === undefined) return {};
  if (!isMap(entry.value)) {
    failType(reader, entry, 'a map');
    return {};
  }
  const texts: [string, string][] = [];
  for (const pair of entry.value.items) {
    const keyNode = resolveAlias(reader, pair.key);
    const key = isScalar(keyNode) ? (readScalar(keyNode) ?? '') : '';
    const text = readText(reader, { key, keyNode, value: resolveAlias(reader, pair.value) });
    if (text !== null) texts.push([key, text]);
  }
  return Object.fromEntries(texts);
}

/** Reads text together with the place of each of its characters. */
export function readExpression(reader: Reader, entry: Entry | undefined): ExpressionText | null {
  if (entry === undefined) return null;
  const { value: node } = entry;
  const text = isScalar(node) ? readScalar(node) : null;
  if (!isScalar(node) || text === null || !node.range) return failType(reader, entry, 'text');
  const [start, end] = node.range;
  return mapScalar(reader.file, text, node.type ?? 'PLAIN', [start, end]);
}
