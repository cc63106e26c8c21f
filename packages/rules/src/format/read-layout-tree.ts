// SPDX-License-Identifier: Apache-2.0
// Makes the layout tree of the tokens of a YAML document. A comment on a line of its own belongs
// to the entry after it, or by its column to the collection that it ends. A comment between a key
// and its value moves in front of the key. Nothing else moves, and nothing is left out.

import type { CST } from 'yaml';
import type { SourceFile } from '../source-text.ts';
import type {
  LayoutCollection,
  LayoutDocument,
  LayoutEntry,
  LayoutNode,
  TriviaLine,
} from './layout-tree.ts';
import {
  keepComments,
  moveComments,
  readComment,
  readTrivia,
  splitByColumn,
  startsLine,
  type Trivia,
} from './trivia.ts';

/** A construct that has no layout here, and where it stands. */
export type Unsupported = { readonly what: string; readonly offset: number };

type Reader = { readonly file: SourceFile; unsupported: Unsupported | null };

/** A value with what stands around it and belongs elsewhere. */
type Value = {
  readonly node: LayoutNode | null;
  /** Comments on the line where it ends. */
  readonly inline: readonly string[];
  /** Comments that have to stand before its entry. */
  readonly before: readonly TriviaLine[];
  /** Lines that belong to what follows. */
  readonly rest: readonly TriviaLine[];
};

/** Reads the tokens of a file with one document. */
export function readLayoutTree(
  file: SourceFile,
  tokens: readonly CST.Token[],
): LayoutDocument | Unsupported {
  const reader: Reader = { file, unsupported: null };
  const head: LayoutDocument['head'][number][] = [];
  const tail: LayoutDocument['tail'][number][] = [];
  let start: string | null = null;
  let lead: readonly TriviaLine[] = [];
  let root: LayoutCollection | null = null;
  for (const token of tokens) {
    const side: (typeof head | typeof tail)[number][] = root === null ? head : tail;
    switch (token.type) {
      case 'newline':
        if (startsLine(file, token.offset)) side.push({ kind: 'blank' });
        break;
      case 'comment':
        side.push(readComment(file, token));
        break;
      case 'directive':
        head.push({ kind: 'directive', text: token.source.trimEnd() });
        break;
      case 'document': {
        const read = readDocument(reader, token);
        if (read === null) return { what: 'a document that is not a map', offset: token.offset };
        ({ start, lead, root } = read);
        for (const line of read.rest) tail.push(line);
        break;
      }
      case 'doc-end': {
        const { inline, lines } = readTrivia(file, token.end ?? []);
        tail.push({ kind: 'end' }, ...moveComments(inline, 0), ...lines);
        break;
      }
      default:
    }
  }
  if (reader.unsupported) return reader.unsupported;
  if (root === null) return { what: 'a file without a document', offset: 0 };
  return { head, start, lead, root, tail };
}

function readDocument(
  reader: Reader,
  { start, value, end }: CST.Document,
): {
  readonly start: string | null;
  readonly lead: readonly TriviaLine[];
  readonly root: LayoutCollection;
  readonly rest: readonly TriviaLine[];
} | null {
  const hasStart = start.some(({ type }) => type === 'doc-start');
  const { inline, lines, properties } = readTrivia(reader.file, start);
  const {
    node,
    inline: comments,
    before,
    rest,
  } = readValue(reader, value, {
    properties,
    column: -1,
  });
  if (node?.kind !== 'map') return null;
  const { inline: endInline, lines: endLines } = readTrivia(reader.file, end ?? []);
  const [beside = '', ...others] = hasStart ? inline : ['', ...inline];
  return {
    start: hasStart ? beside : null,
    lead: [...moveComments(others, 0), ...lines, ...before],
    root: node,
    rest: [...rest, ...moveComments([...comments, ...endInline], 0), ...endLines],
  };
}

/** Puts lines before the first entry of a collection. */
function prependLead(node: LayoutCollection, lines: readonly TriviaLine[]): LayoutCollection {
  const [first, ...others] = node.entries;
  if (first === undefined) return { ...node, after: [...lines, ...node.after] };
  return { ...node, entries: [{ ...first, lead: [...lines, ...first.lead] }, ...others] };
}

type ValuePlace = {
  readonly properties: readonly string[];
  /** Column of the map that it is a value in; -1 elsewhere. */
  readonly column: number;
};

function readValue(
  reader: Reader,
  token: CST.Token | null | undefined,
  { properties, column }: ValuePlace,
): Value {
  const nothing = { inline: [], before: [], rest: [] };
  if (!token) {
    const isEmpty = properties.length === 0;
    return { ...nothing, node: isEmpty ? null : { kind: 'scalar', token: null, properties } };
  }
  switch (token.type) {
    case 'alias':
    case 'scalar':
    case 'single-quoted-scalar':
    case 'double-quoted-scalar': {
      const { inline, lines } = readTrivia(reader.file, token.end ?? []);
      return { node: { kind: 'scalar', token, properties }, inline, before: [], rest: lines };
    }
    case 'block-scalar': {
      const props = token.props.filter((prop): prop is CST.SourceToken => 'source' in prop);
      const trivia = readTrivia(reader.file, props);
      const all = [...properties, ...trivia.properties];
      const node: LayoutNode = { kind: 'scalar', token, properties: all };
      return { node, inline: trivia.inline, before: trivia.lines, rest: [] };
    }
    case 'block-map':
    case 'block-seq': {
      // A list may stand as far to the left as the key before it; its end belongs to the map.
      const ownColumn = token.indent === column ? column + 1 : token.indent;
      return readBlock(reader, token, { properties, column: ownColumn });
    }
    case 'flow-collection':
      return readFlow(reader, token, properties);
    default:
      reader.unsupported ??= { what: `a ${token.type}`, offset: token.offset };
      return { ...nothing, node: null };
  }
}

function readBlock(
  reader: Reader,
  token: CST.BlockMap | CST.BlockSequence,
  { properties, column }: ValuePlace,
): Value {
  const isMap = token.type === 'block-map';
  const entries: LayoutEntry[] = [];
  let carried: readonly TriviaLine[] = [];
  token.items.forEach((item) => {
    const isEnd = !item.key && !item.sep && !item.value && !hasIndicator(item.start);
    const start = readTrivia(reader.file, item.start);
    if (isEnd && start.properties.length === 0) {
      carried = [...carried, ...start.all];
      return;
    }
    const { entry, rest } = readItem(reader, item, {
      start: { ...start, lines: [...carried, ...start.all] },
      column: token.indent,
      isPair: isMap,
    });
    entries.push(entry);
    carried = rest;
  });
  const kind = isMap ? 'map' : 'list';
  const [after, rest] = splitByColumn(carried, column);
  const node: LayoutNode = { kind, isFlow: false, properties, entries, after };
  return { node, inline: [], before: [], rest };
}

function hasIndicator(start: readonly CST.SourceToken[]): boolean {
  return start.some(({ type }) => type === 'seq-item-ind' || type === 'explicit-key-ind');
}

type ItemPlace = {
  /** What stands before the item. */
  readonly start: Pick<Trivia, 'lines' | 'properties'>;
  readonly column: number;
  readonly isPair: boolean;
};

/** Reads an item of a map or list in either style. */
function readItem(
  reader: Reader,
  item: CST.CollectionItem,
  { start, column, isPair }: ItemPlace,
): { readonly entry: LayoutEntry; readonly rest: readonly TriviaLine[] } {
  const key = isPair ? readKey(reader, item.key ?? null, start.properties) : null;
  const sep = readTrivia(reader.file, item.sep ?? []);
  const properties = isPair ? sep.properties : start.properties;
  const value = readValue(reader, item.value, { properties, column: isPair ? column : -1 });
  const lead: (readonly TriviaLine[])[] = [start.lines];
  if (key) {
    const moved = moveComments(key.inline, column);
    lead.push(keepComments([...key.before, ...moved, ...key.rest]));
  }
  const inline = [...sep.inline, ...value.inline];
  // One comment can stand on the line of the entry, the last that does.
  const comment = inline.pop() ?? null;
  lead.push(moveComments(inline, column));
  const keyNode = key?.node ?? null;
  const { node } = value;
  if (node === null) {
    const rest = [...sep.lines, ...value.rest];
    return { entry: { lead: lead.flat(), key: keyNode, value: node, comment }, rest };
  }
  lead.push(keepComments(value.before));
  const { rest } = value;
  if (node.kind === 'scalar') {
    lead.push(keepComments(sep.lines));
    return { entry: { lead: lead.flat(), key: keyNode, value: node, comment }, rest };
  }
  if (isPair && !node.isFlow) {
    return {
      entry: { lead: lead.flat(), key: keyNode, value: prependLead(node, sep.lines), comment },
      rest,
    };
  }
  // The first entry stands on the line of the dash or bracket: its comments go before that.
  lead.push(keepComments(sep.lines));
  const [first, ...others] = node.entries;
  if (!first) return { entry: { lead: lead.flat(), key: keyNode, value: node, comment }, rest };
  lead.push(keepComments(first.lead));
  const entries = [{ ...first, lead: [] }, ...others];
  return { entry: { lead: lead.flat(), key: keyNode, value: { ...node, entries }, comment }, rest };
}

function readKey(reader: Reader, token: CST.Token | null, properties: readonly string[]): Value {
  const key = readValue(reader, token, { properties, column: -1 });
  const isScalar = key.node === null || key.node.kind === 'scalar';
  const isLong = token !== null && 'source' in token && token.source.includes('\n');
  if (!isScalar || isLong || token?.type === 'block-scalar') {
    reader.unsupported ??= { what: 'a key of several lines', offset: token?.offset ?? 0 };
  }
  return key;
}

function readFlow(reader: Reader, token: CST.FlowCollection, properties: readonly string[]): Value {
  const kind = token.start.type === 'flow-map-start' ? 'map' : 'list';
  const entries: LayoutEntry[] = [];
  let carried: readonly TriviaLine[] = [];
  for (const item of token.items) {
    const start = readTrivia(reader.file, item.start);
    const isEnd = !item.key && !item.sep && !item.value && !hasIndicator(item.start);
    const last = entries.at(-1);
    let lines = keepComments([...carried, ...start.all]);
    if (last && last.comment === null && carried.length === 0 && start.inline.length > 0) {
      entries[entries.length - 1] = { ...last, comment: start.inline[0] ?? null };
      lines = lines.slice(1);
    }
    carried = lines;
    if (isEnd && start.properties.length === 0) continue;
    const isPair = kind === 'map' || item.key !== undefined || item.sep !== undefined;
    const place = { start: { ...start, lines }, column: 0, isPair };
    const { entry, rest } = readItem(reader, item, place);
    entries.push(isPair && kind === 'list' ? wrapPair(entry) : entry);
    carried = keepComments(rest);
  }
  const { inline, lines: rest } = readTrivia(reader.file, token.end);
  if (entries.length === 0) {
    const node: LayoutNode = { kind, isFlow: true, properties, entries, after: [] };
    return { node, inline, before: carried, rest };
  }
  const node: LayoutNode = { kind, isFlow: true, properties, entries, after: carried };
  return { node, inline, before: [], rest };
}

/** A pair in a list is a map of one entry. */
function wrapPair({ lead, comment, ...pair }: LayoutEntry): LayoutEntry {
  const entries = [{ ...pair, lead: [], comment: null }];
  const value: LayoutNode = { kind: 'map', isFlow: true, properties: [], entries, after: [] };
  return { lead, key: null, value, comment };
}
