// SPDX-License-Identifier: Apache-2.0
// Cuts an expression into tokens. The first class that fits at a position wins, so the order of
// the table is part of the language: `-1` is one integer and `=~"x"` begins with `=`. What IPv6
// accepts here is loose, so that a mistyped address is told as such.

import { createDiagnostic, type Diagnostic, quote } from '../diagnostics.ts';
import { type ExpressionText, locateSpan } from '../source-text.ts';

export type TokenKind =
  | 'cidr'
  | 'ip'
  | 'variable'
  | 'reference'
  | 'duration'
  | 'regexp'
  | 'identifier'
  | 'string'
  | 'pattern'
  | 'integer'
  | 'punctuation'
  | 'end';

export type Token = {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
};

const ipv4 = String.raw`\d{1,3}(?:\.\d{1,3}){3}`;
const ipv6 = '[0-9a-fA-F]{0,4}:[0-9a-fA-F:]*:[0-9a-fA-F.]*';
const ip = `(?:${ipv6}|${ipv4})`;
const name = '[A-Za-z_][A-Za-z0-9_.]*';

/** What a token is, which characters it may begin with, and its whole shape. */
type TokenClass = readonly [kind: TokenKind | 'skip', first: RegExp, shape: RegExp];

const tokenClasses: readonly TokenClass[] = [
  ['skip', /[ \t\r\n#/]/, /(?:[ \t\r\n]+|(?:#|\/\/)[^\n]*)+/y],
  ['cidr', /[0-9a-fA-F:]/, new RegExp(String.raw`${ip}/\d+`, 'y')],
  ['ip', /[0-9a-fA-F:]/, new RegExp(ip, 'y')],
  ['variable', /\$/, new RegExp(String.raw`\$\{${name}\}`, 'y')],
  ['reference', /%/, /%\{[A-Za-z_][A-Za-z0-9_.[\]]*\}/y],
  ['duration', /\d/, /\d+[msh]s*/y],
  ['regexp', /r/, /r"(?:[^"\\]|\\[\s\S])*"/y],
  // After the words before a list, a bracket begins the list.
  ['identifier', /[ia]/, /(?:in|allin)(?=\[)/y],
  [
    'identifier',
    /[A-Za-z_]/,
    new RegExp(String.raw`${name}(?:\[[A-Za-z0-9_]*\][A-Za-z0-9_.]*)*`, 'y'),
  ],
  ['string', /"/, /"(?:[^"\\]|\\[\s\S])*"/y],
  ['pattern', /~/, /~"(?:[^"\\]|\\[\s\S])*"/y],
  ['integer', /[-+\d]/, /[-+]?\d+/y],
  ['punctuation', /[^\w\s]/, /[!=<>+\-[\](),&|~^%]/y],
];

/** The classes that a token with this first character may have, in their order. */
const classesByFirst: readonly (readonly TokenClass[])[] = Array.from({ length: 128 }, (_, code) =>
  tokenClasses.filter(([, first]) => first.test(String.fromCharCode(code))),
);

export type Tokens = {
  readonly tokens: readonly Token[];
  readonly problem: Diagnostic | null;
};

/** Cuts an expression into tokens, up to the first character that belongs to none. */
export function tokenize(source: ExpressionText): Tokens {
  const { text } = source;
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const match = matchToken(text, at);
    if (match === null) return { tokens, problem: describeStray(source, at) };
    const end = at + match.length;
    if (match.kind !== 'skip') {
      tokens.push({ kind: match.kind, text: text.slice(at, end), start: at, end });
    }
    at = end;
  }
  tokens.push({ kind: 'end', text: '', start: text.length, end: text.length });
  return { tokens, problem: null };
}

/** Finds the token at a position, or the white space and comments; null where neither fits. */
export function matchToken(
  text: string,
  at: number,
): { readonly kind: TokenKind | 'skip'; readonly length: number } | null {
  for (const [kind, , shape] of classesByFirst[text.charCodeAt(at)] ?? []) {
    shape.lastIndex = at;
    if (shape.test(text) && shape.lastIndex > at) return { kind, length: shape.lastIndex - at };
  }
  return null;
}

function describeStray(source: ExpressionText, at: number): Diagnostic {
  const { text } = source;
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (character === '"') {
    const before = text[at - 1];
    const literal = before === 'r' ? 'regular expression' : before === '~' ? 'pattern' : 'string';
    const lineEnd = text.indexOf('\n', at);
    const end = lineEnd === -1 ? text.length : lineEnd;
    return createDiagnostic('FR1002', { literal }, locateSpan({ source, start: at, end }));
  }
  const end = at + character.length;
  const place = locateSpan({ source, start: at, end });
  return createDiagnostic('FR1001', { character: quote(character) }, place);
}
