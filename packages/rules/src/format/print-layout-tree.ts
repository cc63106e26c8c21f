// SPDX-License-Identifier: Apache-2.0
// Writes a layout tree: two columns for each level, lists inside of maps indented too, at most one
// empty line in a row. What was written as `{…}` or `[…]` stays so where it fits on its line.

import { countColumns } from './layout.ts';
import type {
  LayoutCollection,
  LayoutDocument,
  LayoutEntry,
  LayoutNode,
  TriviaLine,
} from './layout-tree.ts';
import {
  columnsMax,
  printFlowScalar,
  printKey,
  printScalar,
  type ScalarTable,
} from './print-scalar.ts';

const indentColumns = 2;

/** Writes a document, with a line break at its end. */
export function printLayoutTree(table: ScalarTable, document: LayoutDocument): string {
  const { head, start, lead, root, tail } = document;
  const before = head.map((line) => (line.kind === 'directive' ? line.text : printTrivia(line)));
  if (start !== null) before.push(start === '' ? '---' : `--- ${start}`);
  const lines = squeeze([...before, ...lead.map(printTrivia)]);
  while (lines[0] === '') lines.shift();
  if (root.properties.length > 0) lines.push(root.properties.join(' '));
  const inline = root.isFlow ? printFlow(table, root, columnsMax) : null;
  const body = inline === null ? printBlock(table, root, 0) : [inline];
  const end = squeeze(tail.map((line) => (line.kind === 'end' ? '...' : printTrivia(line))));
  while (end.at(-1) === '') end.pop();
  return `${[...lines, ...body, ...end].join('\n')}\n`;
}

function printTrivia(line: TriviaLine): string {
  return line.kind === 'blank' ? '' : line.text;
}

/** Leaves one of several empty lines in a row. */
function squeeze(lines: readonly string[]): string[] {
  return lines.filter((line, index) => line !== '' || lines[index - 1] !== '');
}

function printLines(lines: readonly TriviaLine[], column: number): string[] {
  const margin = ' '.repeat(column);
  return squeeze(lines.map((line) => (line.kind === 'blank' ? '' : margin + line.text)));
}

function printBlock(table: ScalarTable, node: LayoutCollection, column: number): string[] {
  const lines: string[] = [];
  node.entries.forEach((entry, index) => {
    const printed = printEntry(table, entry, { kind: node.kind, column });
    // A collection does not begin with an empty line.
    while (index === 0 && printed[0] === '') printed.shift();
    for (const line of printed) lines.push(line);
  });
  return [...lines, ...printLines(node.after, column)];
}

type EntryPlace = { readonly kind: LayoutCollection['kind']; readonly column: number };

function printEntry(
  table: ScalarTable,
  { lead, key, value, comment }: LayoutEntry,
  { kind, column }: EntryPlace,
): string[] {
  const lines = printLines(lead, column);
  const margin = ' '.repeat(column);
  const mark = kind === 'list' ? '-' : printMark(table, key);
  const join = (...parts: readonly (string | null)[]): string =>
    margin + parts.filter((part) => part !== null && part !== '').join(' ');
  if (value === null) return [...lines, join(mark, comment)];
  const properties = value.properties.join(' ');
  const start = join(mark, properties);
  const bodyColumn = column + indentColumns;
  if (value.kind === 'scalar') {
    if (value.token === null) return [...lines, join(mark, properties, comment)];
    const place = { column: countColumns(start) + 1, bodyColumn };
    const { head, body, isBlock } = printScalar(table, value.token, place);
    const last = body.length - 1;
    const behindHead = isBlock || body.length === 0 ? comment : null;
    lines.push(join(mark, properties, head, behindHead));
    body.forEach((line, index) => {
      const text = index === last && !isBlock && comment !== null ? `${line} ${comment}` : line;
      lines.push(text === '' ? '' : ' '.repeat(bodyColumn) + text);
    });
    return lines;
  }
  const room = columnsMax - countColumns(start) - 1;
  const inline = value.isFlow ? printFlow(table, value, room) : null;
  if (inline !== null) return [...lines, join(mark, properties, inline, comment)];
  const nested = printBlock(table, value, bodyColumn);
  if (kind === 'map') return [...lines, join(mark, properties, comment), ...nested];
  if (comment !== null) lines.push(margin + comment);
  if (properties !== '') return [...lines, start, ...nested];
  // Comments of an entry on the line of the dash go before the dash.
  while (nested[0]?.trimStart().startsWith('#')) {
    lines.push(margin + (nested.shift() ?? '').trimStart());
  }
  const [first = '', ...others] = nested;
  return [...lines, `${margin}- ${first.slice(bodyColumn)}`, ...others];
}

/** The key of an entry with its colon. */
function printMark(table: ScalarTable, key: LayoutNode | null): string {
  if (key === null || key.kind !== 'scalar') return ':';
  const { token, properties } = key;
  const text = token === null ? '' : printKey(table, token);
  // A colon right after the name of an alias or an anchor would be part of it.
  const colon = token === null || token.type === 'alias' ? ' :' : ':';
  return `${[...properties, text].join(' ')}${colon}`.trim();
}

/** Prints a collection on one line; null where it does not fit or has comments. */
function printFlow(table: ScalarTable, node: LayoutCollection, room: number): string | null {
  const parts: string[] = [];
  let left = room;
  if (node.after.length > 0) return null;
  for (const { lead, key, value, comment } of node.entries) {
    if (lead.length > 0 || comment !== null) return null;
    const text = value === null ? '' : printFlowValue(table, value, left);
    if (text === null) return null;
    const mark = node.kind === 'list' ? '' : printMark(table, key);
    // A key without a value is written without its colon.
    const part = text === '' ? mark.replace(/ ?:$/, '') : `${mark} ${text}`.trim();
    if (part === '') return null;
    parts.push(part);
    left -= countColumns(part) + 2;
    if (left < -room) return null;
  }
  const inner = parts.join(', ');
  const isMap = node.kind === 'map' && parts.length > 0;
  const text = isMap ? `{ ${inner} }` : node.kind === 'map' ? '{}' : `[${inner}]`;
  return countColumns(text) <= room ? text : null;
}

function printFlowValue(table: ScalarTable, node: LayoutNode, room: number): string | null {
  const properties = node.properties.length > 0 ? `${node.properties.join(' ')} ` : '';
  if (node.kind !== 'scalar') {
    const text = printFlow(table, node, room);
    return text === null ? null : properties + text;
  }
  const text = node.token === null ? '' : printFlowScalar(table, node.token);
  return text === null ? null : `${properties}${text}`.trim();
}
