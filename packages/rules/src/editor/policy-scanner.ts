// SPDX-License-Identifier: Apache-2.0
// The scalars of a policy file, as far as one line shows them: which go on in the next line, and
// what in them is an expression. Lines of a folded scalar are joined, so a comment in one goes on.

import {
  type ExpressionStyle,
  type Highlight,
  highlightExpression,
  type OpenLiteral,
} from './highlight-expression.ts';
import { decodeQuoted, findClosingQuote, type Quote } from './quoted-text.ts';

export type PolicyStyle =
  | ExpressionStyle
  /** A key. */
  | 'propertyName.definition'
  /** Text without quotes. */
  | 'content'
  | 'punctuation'
  /** Anchors, aliases and tags; signs of blocks and of documents. */
  | 'meta';

/** Keys whose value is an expression, and those whose value is a list of them. */
export const expressionKeys: ReadonlySet<string> = new Set(['expression', 'filter']);
export const expressionListKeys: ReadonlySet<string> = new Set(['filters']);

/** What is known of a value before it is read. */
export type PolicyValue = {
  /** Lines that begin further to the right belong to it. */
  readonly column: number;
  readonly isExpression: boolean;
  readonly holdsExpressions: boolean;
};

/** A scalar that goes on in the next line. */
export type OpenScalar = {
  readonly kind: 'literal' | 'folded' | 'plain' | Quote;
  readonly column: number;
  readonly isExpression: boolean;
  readonly open: OpenLiteral;
  /** True where the next line is part of a comment, since lines are joined. */
  readonly isCommented: boolean;
  /** Column of the lines of a block; null before the first. */
  readonly blockColumn: number | null;
};

export type FlowLevel = {
  readonly kind: '{' | '[';
  /** The key whose value comes next. */
  readonly key: string | null;
  readonly holdsExpressions: boolean;
};

/** What a line leaves open. */
export type PolicyLine = {
  readonly scalar: OpenScalar | null;
  /** The value that a key without one on its line may still get. */
  readonly pending: PolicyValue | null;
  /** Column of the key of a list of expressions. */
  readonly list: number | null;
  readonly flow: readonly FlowLevel[];
};

export type PolicyScanner = { -readonly [Name in keyof PolicyLine]: PolicyLine[Name] } & {
  readonly text: string;
  readonly highlights: Highlight<PolicyStyle>[];
  at: number;
};

export function skipSpace(scanner: PolicyScanner): void {
  while (isSpace(scanner.text[scanner.at])) scanner.at++;
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

/** The place after the last character before `to` that is no space. */
export function trimSpace(text: string, from: number, to: number): number {
  let end = to;
  while (end > from && isSpace(text[end - 1])) end--;
  return end;
}

function isBlank(text: string): boolean {
  return trimSpace(text, 0, text.length) === 0;
}

/** Highlights the next characters. */
export function addMark(scanner: PolicyScanner, length: number, style: PolicyStyle): void {
  const { at: from } = scanner;
  scanner.at += length;
  if (length > 0) scanner.highlights.push({ from, to: scanner.at, style });
}

/** Reads anchors, tags and aliases. */
export function readProperties(scanner: PolicyScanner): void {
  const property = /[&!*][^\s,[\]{}]*/y;
  for (;;) {
    property.lastIndex = scanner.at;
    const found = property.exec(scanner.text)?.[0];
    if (found === undefined) return;
    addMark(scanner, found.length, 'meta');
    skipSpace(scanner);
  }
}

/** Reads what follows a value: a comment. */
export function readEnd(scanner: PolicyScanner): void {
  skipSpace(scanner);
  const { text, at } = scanner;
  if (text[at] === '#') addMark(scanner, text.length - at, 'comment');
}

/** Reads a scalar, as far as it stands on the line. */
export function readScalar(scanner: PolicyScanner, { column, isExpression }: PolicyValue): void {
  const { text, at } = scanner;
  const first = text[at];
  const scalar = { column, isExpression, open: null, isCommented: false, blockColumn: null };
  const header = /[|>][-+\d]*(?=[ \t]*(?:#|$))/y;
  header.lastIndex = at;
  const sign = header.exec(text)?.[0];
  if (sign !== undefined) {
    addMark(scanner, sign.length, 'meta');
    scanner.scalar = { ...scalar, kind: first === '|' ? 'literal' : 'folded' };
  } else if (first === '"' || first === "'") {
    addMark(scanner, 1, isExpression ? 'punctuation' : 'string');
    readQuoted(scanner, { ...scalar, kind: first });
  } else {
    readPlain(scanner, { ...scalar, kind: 'plain' });
  }
}

/** Reads on in the scalar of the line before; false where it has ended before this line. */
export function continueScalar(scanner: PolicyScanner): boolean {
  const { scalar, text } = scanner;
  if (scalar === null) return false;
  const { kind } = scalar;
  if (kind === '"' || kind === "'") {
    skipSpace(scanner);
    readQuoted(scanner, isBlank(text) ? { ...scalar, isCommented: false } : scalar);
    return true;
  }
  if (isBlank(text)) {
    // An empty line is a line break, even where lines are joined.
    scanner.scalar = { ...scalar, isCommented: false };
    scanner.at = text.length;
    return true;
  }
  skipSpace(scanner);
  const { at: column } = scanner;
  if (column <= scalar.column) {
    scanner.scalar = null;
    scanner.at = 0;
    return false;
  }
  if (kind === 'plain') {
    if (text[column] === '#') scanner.scalar = null;
    else readPlain(scanner, scalar);
    return true;
  }
  const blockColumn = scalar.blockColumn ?? column;
  const isApart = kind === 'literal' || column > blockColumn;
  const isCommented = scalar.isCommented && !isApart;
  const read = addText(scanner, { ...scalar, isCommented }, text.length);
  scanner.scalar = { ...read, blockColumn, isCommented: read.isCommented && !isApart };
  return true;
}

function readPlain(scanner: PolicyScanner, scalar: OpenScalar): void {
  const { text, at } = scanner;
  const comment = /[ \t]#/g;
  comment.lastIndex = at;
  const end = comment.exec(text)?.index ?? null;
  const read = addText(scanner, scalar, trimSpace(text, at, end ?? text.length));
  // A comment of YAML ends the scalar.
  scanner.scalar = end === null ? read : null;
}

function readQuoted(scanner: PolicyScanner, scalar: OpenScalar): void {
  const quote = scalar.kind === "'" ? "'" : '"';
  const end = findClosingQuote(scanner.text, scanner.at, quote);
  scanner.scalar = addText(scanner, scalar, end ?? scanner.text.length);
  if (end === null) return;
  addMark(scanner, 1, scalar.isExpression ? 'punctuation' : 'string');
  scanner.scalar = null;
}

/** Highlights what the line has of a scalar; returns what it leaves open. */
export function addText(scanner: PolicyScanner, scalar: OpenScalar, to: number): OpenScalar {
  const { text, at: from } = scanner;
  const { kind, isExpression, isCommented } = scalar;
  if (!isExpression || isCommented) {
    const style = isCommented
      ? 'comment'
      : kind === 'plain'
        ? getPlainStyle(text.slice(from, to))
        : 'string';
    addMark(scanner, to - from, style);
    return scalar;
  }
  const isQuoted = kind === '"' || kind === "'";
  const piece = isQuoted ? decodeQuoted(text, { from, to, quote: kind }) : null;
  const { highlights, open } = highlightExpression(
    piece?.text ?? text.slice(from, to),
    scalar.open,
  );
  const place = (offset: number): number => piece?.offsets[offset] ?? from + offset;
  for (const { from: start, to: end, style } of highlights) {
    scanner.highlights.push({ from: place(start), to: place(end), style });
  }
  scanner.at = to;
  const last = highlights.at(-1);
  return { ...scalar, open, isCommented: kind !== 'literal' && last?.style === 'comment' };
}

function getPlainStyle(text: string): PolicyStyle {
  if (/^(?:true|false|null|~)$/i.test(text)) return 'bool';
  return /^[-+]?\d+(?:\.\d+)?$/.test(text) ? 'integer' : 'content';
}
