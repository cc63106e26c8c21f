// SPDX-License-Identifier: Apache-2.0
// The leaves of the grammar: literals, names and lists.

import { quote, shorten } from '../diagnostics.ts';
import { accept, advance, type Cursor, fail, failExpected, peek, spanFrom } from './cursor.ts';
import { cutTemplate } from './interpolation.ts';
import type { Token } from './lexer.ts';
import { parseNetwork } from './network.ts';
import type { TextKind, Tree } from './tree.ts';

const int64Min = -(1n << 63n);
const int64Max = (1n << 63n) - 1n;

const unitNanoseconds: Readonly<Record<string, bigint>> = {
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const reservedWords = new Set(['and', 'or', 'not', 'in', 'allin']);

/** Parses one literal or name. */
export function parseLiteral(cursor: Cursor): Tree | null {
  const token = peek(cursor);
  switch (token.kind) {
    case 'identifier':
      if (reservedWords.has(token.text)) return failExpected(cursor, 'a value');
      advance(cursor);
      return { kind: 'identifier', name: token.text, span: spanFrom(cursor, token.start) };
    case 'integer':
      return parseInteger(cursor);
    case 'duration':
      return parseDuration(cursor);
    case 'string':
    case 'pattern':
    case 'regexp':
      return parseText(cursor, token.kind);
    case 'variable':
    case 'reference': {
      advance(cursor);
      const name = token.text.slice(2, -1);
      return { kind: token.kind, name, span: spanFrom(cursor, token.start) };
    }
    case 'ip':
    case 'cidr':
      return parseAddress(cursor);
    case 'punctuation':
    case 'end':
      return failExpected(cursor, 'a value');
  }
}

function parseAddress(cursor: Cursor): Tree | null {
  const token = advance(cursor);
  const { text } = token;
  const net = parseNetwork(text);
  if (net === null) return fail(cursor, 'FR1012', { text: quote(text) }, token);
  return { kind: 'network', net, text, span: spanFrom(cursor, token.start) };
}

function parseInteger(cursor: Cursor): Tree | null {
  const token = advance(cursor);
  const value = BigInt(token.text);
  if (value < int64Min || value > int64Max) {
    return fail(cursor, 'FR1004', { text: shorten(token.text) }, token);
  }
  return { kind: 'integer', value, span: spanFrom(cursor, token.start) };
}

function parseDuration(cursor: Cursor): Tree | null {
  const token = advance(cursor);
  const digits = token.text.replace(/[a-z]+$/, '');
  const unit = unitNanoseconds[token.text.slice(digits.length)];
  const nanoseconds = unit === undefined ? null : BigInt(digits) * unit;
  if (nanoseconds === null || nanoseconds > int64Max) {
    return fail(cursor, 'FR1009', { text: shorten(token.text) }, token);
  }
  return { kind: 'duration', nanoseconds, span: spanFrom(cursor, token.start) };
}

/** The text of a literal is what stands between its quotes; escapes are not processed. */
function parseText(cursor: Cursor, style: TextKind): Tree {
  const token = advance(cursor);
  const quoteLength = style === 'string' ? 1 : 2;
  const text = token.text.slice(quoteLength, -1);
  const span = spanFrom(cursor, token.start);
  // In a regular expression, `$` and braces have meanings of their own.
  if (style === 'regexp') return { kind: 'text', text, style, span };
  const inner = { source: span.source, start: token.start + quoteLength, end: token.end - 1 };
  const parts = cutTemplate(inner);
  if (parts !== null) return { kind: 'template', parts, text, style, span };
  return { kind: 'text', text, style, span };
}

const memberKinds: Partial<Record<Token['kind'], string>> = {
  string: 'strings and patterns',
  pattern: 'strings and patterns',
  regexp: 'strings and patterns',
  integer: 'integers',
  identifier: 'constants',
  ip: 'network addresses',
  cidr: 'network addresses',
};

/** Parses `[member, …]`; the members of a list are all of one kind. */
export function parseList(cursor: Cursor): Tree | null {
  const { start } = advance(cursor);
  const members: Tree[] = [];
  const first = memberKinds[peek(cursor).kind];
  do {
    const token = peek(cursor);
    const kind = memberKinds[token.kind];
    if (kind === undefined || first === undefined) return failExpected(cursor, 'a list member');
    if (kind !== first) return fail(cursor, 'FR1008', { first, second: kind }, token);
    const member = parseLiteral(cursor);
    if (!member) return null;
    members.push(member);
  } while (accept(cursor, ','));
  if (!accept(cursor, ']')) return failExpected(cursor, '"," or "]"');
  return { kind: 'list', members, span: spanFrom(cursor, start) };
}
