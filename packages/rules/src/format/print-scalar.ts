// SPDX-License-Identifier: Apache-2.0
// How a scalar is written: text as short as it can be, on one line or folded; expressions the
// same, and in a literal block where they have comments. A value keeps every character; where no
// other way of writing is certain to, its author's stays.

import type { Scalar } from 'yaml';
import { type FormattedExpression, isPlainLine } from './format-expression.ts';
import { countColumns } from './layout.ts';
import type { ScalarToken } from './layout-tree.ts';
import { canBePlain, isTextForAll, quoteText, wrapText } from './plain-text.ts';

export const columnsMax = 100;

/** What is known of the scalars of a document, by the tokens that they were read from. */
export type ScalarTable = {
  readonly scalars: ReadonlyMap<unknown, Scalar>;
  readonly expressions: ReadonlyMap<unknown, FormattedExpression>;
};

export type PrintedScalar = {
  /** What stands on the line of the key or dash. */
  readonly head: string;
  /** The lines below, without their indentation. */
  readonly body: readonly string[];
  /** True where a comment goes behind the head, false where behind the last line. */
  readonly isBlock: boolean;
};

export type ScalarPlace = {
  /** Column at which the head begins. */
  readonly column: number;
  /** Column of the lines below. */
  readonly bodyColumn: number;
};

function printLine(head: string): PrintedScalar {
  return { head, body: [], isBlock: false };
}

/** Prints a scalar in a block collection. */
export function printScalar(
  table: ScalarTable,
  token: ScalarToken,
  place: ScalarPlace,
): PrintedScalar {
  const expression = table.expressions.get(token);
  if (expression?.kind === 'formatted') return printExpression(expression, place);
  // Where its author's mistake is may depend on its lines.
  if (expression?.kind === 'broken') return printAsWritten(token);
  const scalar = table.scalars.get(token);
  return typeof scalar?.value === 'string' && scalar.tag === undefined
    ? printText(token, scalar.value, place)
    : printAsWritten(token);
}

function fits(text: string, column: number): boolean {
  return column + countColumns(text) <= columnsMax;
}

function printExpression(
  { hasComments, print }: FormattedExpression & { readonly kind: 'formatted' },
  { column, bodyColumn }: ScalarPlace,
): PrintedScalar {
  const width = columnsMax - bodyColumn;
  if (hasComments) return { head: '|-', body: print(width), isBlock: true };
  const text = print(Number.POSITIVE_INFINITY).join(' ');
  const isPlain = canBePlain(text, false) && isTextForAll(text, false);
  if (isPlain && fits(text, column)) return printLine(text);
  return { head: '>-', body: print(width), isBlock: true };
}

function printText(
  token: ScalarToken,
  value: string,
  { column, bodyColumn }: ScalarPlace,
): PrintedScalar {
  if (value === '' && token.type === 'single-quoted-scalar') return printLine('""');
  const isFolded = token.type === 'block-scalar' && readHeader(token).style === '>';
  const text = isFolded && /^[^\n]+\n$/.test(value) ? value.slice(0, -1) : value;
  if (!isPlainLine(text) || text !== text.trim() || text === '') return printAsWritten(token);
  const wrap = (head: string): PrintedScalar => {
    return { head, body: wrapText(text, columnsMax - bodyColumn), isBlock: true };
  };
  if (text !== value) return readHeader(token).chomping === '' ? wrap('>') : printAsWritten(token);
  const wasPlain = token.type === 'scalar';
  const isPlain = canBePlain(text, false) && (wasPlain || isTextForAll(text, false));
  const line = isPlain || wasPlain ? text : quoteText(text);
  if (fits(line, column) || !/\S \S/.test(text)) {
    return isFolded && !isPlain ? wrap('>-') : printLine(line);
  }
  return wrap('>-');
}

type BlockHeader = { readonly style: string; readonly indent: number; readonly chomping: string };

function readHeader(token: ScalarToken): BlockHeader {
  const props = token.type === 'block-scalar' ? token.props : [];
  const header = props.find(({ type }) => type === 'block-scalar-header');
  const source = header && 'source' in header ? header.source : '';
  return {
    style: source[0] ?? '',
    indent: Number(/[1-9]/.exec(source)?.[0] ?? 0),
    chomping: /[-+]/.exec(source)?.[0] ?? '',
  };
}

/** Prints a scalar as its author wrote it, with another indentation. */
function printAsWritten(token: ScalarToken): PrintedScalar {
  if (token.type === 'block-scalar') return printBlockAsWritten(token, readHeader(token));
  const [head = '', ...lines] = token.source.split('\n');
  if (lines.length === 0) return printLine(token.source);
  // Space at the end of a line is nothing, unless it is escaped.
  const trim = (line: string): string => (/\\\s*$/.test(line) ? line : line.trimEnd());
  return { head: trim(head), body: lines.map((line) => trim(line.trimStart())), isBlock: false };
}

function printBlockAsWritten(
  token: ScalarToken & { readonly type: 'block-scalar' },
  { style, indent, chomping }: BlockHeader,
): PrintedScalar {
  const lines = token.source.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const first = lines.find((line) => /[^ ]/.test(line)) ?? '';
  const columns = indent > 0 ? token.indent + indent : first.length - first.trimStart().length;
  const body = lines.map((line) =>
    line.slice(Math.min(columns, /^ */.exec(line)?.[0].length ?? 0)),
  );
  if (chomping !== '+') while (body.at(-1)?.trim() === '') body.pop();
  return { head: `${style}${indent > 0 ? '2' : ''}${chomping}`, body, isBlock: true };
}

/** Prints a scalar on one line inside of `{}` or `[]`; null where that is not possible. */
export function printFlowScalar(table: ScalarTable, token: ScalarToken): string | null {
  const expression = table.expressions.get(token);
  if (expression?.kind === 'formatted') {
    if (expression.hasComments) return null;
    const text = expression.print(Number.POSITIVE_INFINITY).join(' ');
    return canBePlain(text, true) && isTextForAll(text, true) ? text : quoteText(text);
  }
  if (token.type === 'block-scalar') return null;
  if (expression?.kind === 'broken') return token.source.includes('\n') ? null : token.source;
  const scalar = table.scalars.get(token);
  if (typeof scalar?.value === 'string' && scalar.tag === undefined) {
    const text = scalar.value;
    const wasPlain = token.type === 'scalar';
    if (canBePlain(text, true) && (wasPlain || isTextForAll(text, true))) return text;
    if (text === text.trim() && isPlainLine(text)) return quoteText(text);
  }
  return token.source.includes('\n') ? null : token.source;
}

/** Prints a key, which its author wrote on one line. */
export function printKey(table: ScalarTable, token: ScalarToken): string {
  return printFlowScalar({ ...table, expressions: new Map() }, token) ?? '';
}
