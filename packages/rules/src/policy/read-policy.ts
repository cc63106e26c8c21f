// SPDX-License-Identifier: Apache-2.0
// Reads a policy file: what its macros and rules say, before any expression is parsed.
// An item with an error of its own is left out and reported, the others are kept.

import { isMap, isScalar, type Node, parseDocument } from 'yaml';
import { createDiagnostic, type Diagnostic, quote } from '../diagnostics.ts';
import {
  createSourceFile,
  type ExpressionText,
  locateOffsets,
  type Place,
} from '../source-text.ts';
import { parseGoDuration } from './go-duration.ts';
import {
  type Entry,
  failType,
  type KnownKeys,
  placeOf,
  type Reader,
  readBoolean,
  readEntries,
  readExpression,
  readItems,
  readText,
  readTextMap,
  readTexts,
  reportAt,
} from './yaml-reader.ts';

export type MacroDraft = {
  readonly id: string;
  readonly place: Place;
  readonly expression: ExpressionText | null;
  readonly values: readonly ExpressionText[];
  readonly hasFilters: boolean;
};

export type RuleDraft = {
  readonly id: string;
  readonly place: Place;
  /** Null only for an entry that switches an earlier rule on or off. */
  readonly expression: ExpressionText | null;
  readonly description: string;
  readonly version: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly productTags: readonly string[];
  /** Shortest time between two alerts; null is no limit. */
  readonly everyNs: bigint | null;
  readonly disabled: boolean | null;
  readonly silent: boolean;
  readonly groupId: string | null;
  readonly hasFilters: boolean;
};

export type PolicyDraft = {
  readonly path: string;
  readonly version: string | null;
  readonly macros: readonly MacroDraft[];
  readonly rules: readonly RuleDraft[];
  /** Entries that look like rules and were left out because of an error. */
  readonly unreadableRuleCount: number;
  readonly problems: readonly Diagnostic[];
};

const policyKeys: KnownKeys = {
  read: ['version', 'type', 'macros', 'rules'],
  waiting: {
    replace_policy_id: 'no other policy is replaced',
    hooks: 'no hook is installed on demand',
  },
};

const macroKeys: KnownKeys = {
  read: ['id', 'expression', 'values', 'description', 'combine'],
  waiting: {
    filters: 'the macro is loaded on every host',
    agent_version: 'the macro is loaded whatever the version of the agent',
  },
};

const ruleKeys: KnownKeys = {
  read: [
    ...['id', 'version', 'description', 'expression', 'tags', 'product_tags', 'every'],
    ...['disabled', 'silent', 'group_id', 'combine'],
  ],
  waiting: {
    filters: 'the rule is loaded on every host',
    agent_version: 'the rule is loaded whatever the version of the agent',
    actions: 'no action is executed; matches of the rule are still reported',
    limiter_token: '`every` limits all events of the rule together',
    priority: 'rules are evaluated in the order in which they are loaded',
    override_options: 'no earlier rule is changed',
  },
};

/** Reads a policy file. */
export function readPolicy(path: string, text: string): PolicyDraft {
  const file = createSourceFile(path, text);
  const empty = { path, version: null, macros: [], rules: [], unreadableRuleCount: 0 };
  let document: ReturnType<typeof parseDocument>;
  try {
    document = parseDocument(text, { prettyErrors: false, uniqueKeys: false, logLevel: 'silent' });
  } catch (error) {
    // The parser is recursive, so a deeply nested document ends it.
    const reason = error instanceof RangeError ? 'it is nested too deeply' : String(error);
    const place = locateOffsets(file, 0, 1);
    return { ...empty, problems: [createDiagnostic('FR4001', { reason }, place)] };
  }
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ message, pos }) => {
      const reason = message.split('\n', 1)[0] ?? message;
      return createDiagnostic('FR4001', { reason }, locateOffsets(file, pos[0], pos[1]));
    });
    return { ...empty, problems };
  }
  const reader: Reader = { file, document, problems: [] };
  const root = document.contents;
  if (root === null || (isScalar(root) && root.value === null)) {
    reader.problems.push(createDiagnostic('FR4005', {}, locateOffsets(file, 0, 1)));
    return { ...empty, problems: reader.problems };
  }
  if (!isMap(root)) {
    failType(reader, { key: 'a policy', keyNode: root, value: root }, 'a map');
    return { ...empty, problems: reader.problems };
  }
  const entries = readEntries(reader, root, policyKeys);
  const version = readText(reader, entries.get('version'));
  readText(reader, entries.get('type'));
  const macros = readEach(reader, entries.get('macros'), readMacro);
  const rules = readEach(reader, entries.get('rules'), readRule);
  const unreadableRuleCount = readItems(reader, entries.get('rules')).length - rules.length;
  return { path, version, macros, rules, unreadableRuleCount, problems: reader.problems };
}

/** Reads the items of a list; one with an error of its own is left out. */
function readEach<Item>(
  reader: Reader,
  entry: Entry | undefined,
  read: (reader: Reader, node: Node) => Item | null,
): Item[] {
  const items: Item[] = [];
  for (const node of readItems(reader, entry)) {
    const before = reader.problems.length;
    const item = isMap(node)
      ? read(reader, node)
      : failType(reader, { key: 'an item', keyNode: node, value: node }, 'a map');
    const found = reader.problems.slice(before);
    if (item && found.every((problem) => problem.severity !== 'error')) items.push(item);
  }
  return items;
}

/** Names the rule or macro in all problems that were found since. */
function nameProblems(reader: Reader, since: number, id: string | null): void {
  const found = reader.problems.splice(since);
  reader.problems.push(...found.map((problem) => ({ ...problem, rule: id })));
}

function readId(
  reader: Reader,
  entries: ReadonlyMap<string, Entry>,
  item: { readonly name: string; readonly pattern: RegExp; readonly node: Node },
): string | null {
  const entry = entries.get('id');
  if (entry === undefined) {
    reportAt(reader, 'FR4003', { item: item.name, key: 'id' }, firstOf(item.node));
    return null;
  }
  const id = readText(reader, entry);
  if (id !== null && !item.pattern.test(id)) {
    reportAt(reader, 'FR4008', { id: quote(id) }, entry.value);
    return null;
  }
  return id;
}

/** A map begins at its first key: pointing at all of it would underline too much. */
function firstOf(node: Node): Node {
  const key = isMap(node) ? (node.items[0]?.key as Node | undefined) : undefined;
  return key ?? node;
}

function rejectCombine(
  reader: Reader,
  entries: ReadonlyMap<string, Entry>,
  words: { readonly item: string; readonly id: string },
): void {
  const combine = entries.get('combine');
  if (combine) reportAt(reader, 'FR4012', words, combine.keyNode);
}

function readMacro(reader: Reader, node: Node): MacroDraft | null {
  if (!isMap(node)) return null;
  const since = reader.problems.length;
  const entries = readEntries(reader, node, macroKeys);
  const pattern = /^[A-Za-z_][A-Za-z0-9_]*$/;
  const id = readId(reader, entries, { name: 'macro', pattern, node });
  const expression = readExpression(reader, entries.get('expression'));
  const values = readTexts(reader, entries.get('values'));
  readText(reader, entries.get('description'));
  if (id !== null) {
    rejectCombine(reader, entries, { item: 'macro', id });
    const hasBoth = expression !== null && values.length > 0;
    if (hasBoth || (expression === null && values.length === 0)) {
      const found = hasBoth ? 'both an expression and values' : 'neither an expression nor values';
      reportAt(reader, 'FR4011', { id, found }, entries.get('id')?.value);
    }
  }
  nameProblems(reader, since, id);
  if (id === null) return null;
  const place = placeOf(reader, entries.get('id')?.value);
  return { id, place, expression, values, hasFilters: entries.has('filters') };
}

function readRule(reader: Reader, node: Node): RuleDraft | null {
  if (!isMap(node)) return null;
  const since = reader.problems.length;
  const entries = readEntries(reader, node, ruleKeys);
  const id = readId(reader, entries, { name: 'rule', pattern: /^[A-Za-z0-9_]+$/, node });
  const expression = readExpression(reader, entries.get('expression'));
  const disabled = readBoolean(reader, entries.get('disabled'));
  const draft = {
    expression,
    description: readText(reader, entries.get('description')) ?? '',
    version: readText(reader, entries.get('version')) ?? '',
    tags: readTextMap(reader, entries.get('tags')),
    productTags: readTexts(reader, entries.get('product_tags')).map((tag) => tag.text),
    everyNs: readEvery(reader, entries.get('every')),
    disabled,
    silent: readBoolean(reader, entries.get('silent')) ?? false,
    groupId: readText(reader, entries.get('group_id')),
    hasFilters: entries.has('filters'),
  };
  if (id !== null) {
    rejectCombine(reader, entries, { item: 'rule', id });
    if (!entries.has('expression') && !entries.has('combine') && disabled === null) {
      const words = { item: `rule ${id}`, key: 'expression' };
      reportAt(reader, 'FR4003', words, entries.get('id')?.value);
    }
  }
  nameProblems(reader, since, id);
  if (id === null) return null;
  return { id, place: placeOf(reader, entries.get('id')?.value), ...draft };
}

function readEvery(reader: Reader, entry: Entry | undefined): bigint | null {
  const text = readText(reader, entry);
  if (entry === undefined || text === null) return null;
  const nanoseconds = parseGoDuration(text);
  if (nanoseconds === null) reportAt(reader, 'FR4009', { text: quote(text) }, entry.value);
  return nanoseconds === 0n ? null : nanoseconds;
}
