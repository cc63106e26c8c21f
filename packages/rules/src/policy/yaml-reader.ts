// SPDX-License-Identifier: Apache-2.0
// Reads values of a YAML document with their places. A value of the wrong type is reported and
// comes out as null; nothing is coerced except that numbers and booleans may stand for text. A key
// without a value is a key that is not there.

import { isAlias, isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml';
import type { DiagnosticCode } from '../diagnostic-catalogue.ts';
import { createDiagnostic, type Diagnostic, type DiagnosticWords, quote } from '../diagnostics.ts';
import { suggestName } from '../nearest-name.ts';
import { type ExpressionText, locateOffsets, type Place } from '../source-text.ts';
import { parseGoDuration } from './go-duration.ts';
import { mapScalar } from './scalar-offsets.ts';
import { atStart, type YamlFile } from './yaml-document.ts';

export type Reader = {
  readonly yaml: YamlFile;
  readonly problems: Diagnostic[];
  /** What may still be read; only aliases can use it up. */
  partsLeft: number;
  suggestionsLeft: number;
  /** Keys that were complained about: a map that others take from is read again and again. */
  readonly wrongKeys: Set<Node>;
};

/** A key of a map with its value. */
export type Entry = {
  readonly key: string;
  readonly keyNode: Node | null;
  readonly value: Node | null;
};

export type Entries = ReadonlyMap<string, Entry>;

/** Without aliases every character is read at most a few times. */
const readingsMax = 4;
const freeParts = 100_000;

/** Looking for near names is dear: after so many unknown ones there is no more suggestion. */
const suggestionsMax = 100;

export function createReader(yaml: YamlFile): Reader {
  const partsLeft = yaml.file.text.length * readingsMax + freeParts;
  return {
    ...{ yaml, problems: [], partsLeft },
    ...{ suggestionsLeft: suggestionsMax, wrongKeys: new Set() },
  };
}

/** Suggests the nearest of some names, or lists them. */
export function suggest(reader: Reader, name: string, names: readonly string[]): string {
  const list = `use ${names.length > 1 ? 'one of ' : ''}${names.join(', ')}`;
  return reader.suggestionsLeft-- > 0 ? suggestName(name, names, list) : list;
}

export function placeOf(reader: Reader, node: Node | null | undefined): Place {
  const [start, end] = node?.range ?? [0, 0];
  return locateOffsets(reader.yaml.file, start, Math.max(end, start + 1));
}

export function reportAt<Code extends DiagnosticCode>(
  reader: Reader,
  code: Code,
  words: DiagnosticWords<Code>,
  node: Node | null | undefined,
): void {
  reader.problems.push(createDiagnostic(code, words, placeOf(reader, node)));
}

/** Counts what is read; false, reported once, when aliases repeat without measure. */
export function spend(reader: Reader, parts: number): boolean {
  const before = reader.partsLeft;
  reader.partsLeft -= parts;
  if (before < 0) return false;
  if (reader.partsLeft >= 0) return true;
  reader.problems.push(createDiagnostic('FR4019', {}, atStart(reader.yaml.file)));
  return false;
}

/** Returns the node itself, or what an alias stands for. */
export function resolveAlias(reader: Reader, node: unknown): Node | null {
  if (!isAlias(node)) return (node ?? null) as Node | null;
  const target = reader.yaml.findTarget(node);
  if (target === undefined) reportAt(reader, 'FR4020', { name: quote(node.source) }, node);
  return target ?? null;
}

export function isNothing(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.value === null);
}

export function describeNode(node: Node | null): string {
  if (isMap(node)) return 'a map';
  if (isSeq(node)) return 'a list';
  if (isNothing(node) || !isScalar(node)) return 'nothing';
  return quote(readScalar(node) ?? '');
}

/** The text of a scalar as it was written; null for an empty one. */
export function readScalar(node: Scalar): string | null {
  if (typeof node.value === 'string') return node.value;
  return node.value === null ? null : (node.source ?? String(node.value));
}

export function failType(reader: Reader, entry: Entry, expected: string): null {
  const words = { key: entry.key, expected, found: describeNode(entry.value) };
  reportAt(reader, 'FR4002', words, entry.value ?? entry.keyNode);
  return null;
}

/** Reads text; null when the key is absent or its value is no text. */
export function readText(reader: Reader, entry: Entry | undefined): string | null {
  if (entry === undefined) return null;
  const text = isScalar(entry.value) ? readScalar(entry.value) : null;
  if (text !== null && !spend(reader, text.length)) return null;
  return text ?? failType(reader, entry, 'text');
}

/** Booleans as YAML 1.1 writes them, which other agents accept where a boolean is expected. */
export const oldBooleans: Readonly<Record<string, boolean>> = {
  ...{ y: true, Y: true, yes: true, on: true },
  ...{ n: false, N: false, no: false, off: false },
};

export function readBoolean(reader: Reader, entry: Entry | undefined): boolean | null {
  if (entry === undefined) return null;
  const node = entry.value;
  if (isScalar(node)) {
    if (typeof node.value === 'boolean') return node.value;
    const isPlain = node.type === 'PLAIN' && typeof node.value === 'string';
    const old = isPlain ? oldBooleans[node.value as string] : undefined;
    if (old !== undefined) return old;
  }
  return failType(reader, entry, 'true or false');
}

/** The integer that a scalar is; null for anything else. A leading zero means octal. */
export function getInteger(node: Node | null): bigint | null {
  if (!isScalar(node) || typeof node.value !== 'bigint') return null;
  const old = /^([-+]?)0([0-7]+)$/.exec(node.source ?? '');
  if (old === null) return node.value;
  const value = BigInt(`0o${old[2]}`);
  return old[1] === '-' ? -value : value;
}

export type Bounds = { readonly min: number; readonly max: number };

export function readInteger(
  reader: Reader,
  entry: Entry | undefined,
  { min, max }: Bounds,
): number | null {
  if (entry === undefined) return null;
  const value = getInteger(entry.value);
  if (value !== null && value >= min && value <= max) return Number(value);
  return failType(reader, entry, `an integer from ${min} to ${max}`);
}

/** Reads a duration in nanoseconds; null is none, and so is 0. */
export function readDuration(reader: Reader, entry: Entry | undefined): bigint | null {
  const text = readText(reader, entry);
  if (entry === undefined || text === null || text === '') return null;
  const nanoseconds = parseGoDuration(text);
  if (nanoseconds === null) reportAt(reader, 'FR4009', { text: quote(text) }, entry.value);
  return nanoseconds === 0n ? null : nanoseconds;
}

/** Reads one of a set of words; `offered` are those that a suggestion names. */
export function readChoice<Choice extends string>(
  reader: Reader,
  entry: Entry | undefined,
  choices: readonly Choice[],
  offered: readonly string[] = choices,
): Choice | null {
  const text = readText(reader, entry);
  if (entry === undefined || text === null) return null;
  const choice = choices.find((candidate) => candidate === text);
  if (choice !== undefined) return choice;
  const names = offered.filter((name) => name !== '');
  const words = {
    found: quote(text),
    key: entry.key.replace(/^each item of /, ''),
    suggestion: suggest(reader, text, names),
  };
  reportAt(reader, 'FR4014', words, entry.value);
  return null;
}

/** Reads the items of a list; an absent value is an empty list. */
export function readItems(reader: Reader, entry: Entry | undefined): readonly (Node | null)[] {
  if (entry === undefined) return [];
  if (!isSeq(entry.value)) {
    failType(reader, entry, 'a list');
    return [];
  }
  const { items } = entry.value;
  if (!spend(reader, items.length)) return [];
  return items.map((item) => resolveAlias(reader, item));
}

/** The items of a list as entries that can be read one by one. */
export function readItemEntries(reader: Reader, entry: Entry | undefined): readonly Entry[] {
  return readItems(reader, entry).map((value) => ({
    key: `each item of ${entry?.key ?? ''}`,
    keyNode: entry?.keyNode ?? null,
    value,
  }));
}

/** Reads a list of texts. */
export function readTexts(reader: Reader, entry: Entry | undefined): readonly ExpressionText[] {
  return readItemEntries(reader, entry).flatMap((item) => readExpression(reader, item) ?? []);
}

/** Reads text together with the place of each of its characters. */
export function readExpression(reader: Reader, entry: Entry | undefined): ExpressionText | null {
  if (entry === undefined) return null;
  const { value: node } = entry;
  const text = isScalar(node) ? readScalar(node) : null;
  if (!isScalar(node) || text === null || !node.range) return failType(reader, entry, 'text');
  if (!spend(reader, text.length)) return null;
  const [start, end] = node.range;
  return mapScalar(reader.yaml.file, text, node.type ?? 'PLAIN', [start, end]);
}
