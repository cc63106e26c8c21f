// SPDX-License-Identifier: Apache-2.0
// A position in the tokens of one expression. The first problem ends the parse: what follows a
// syntax error in an expression is guesswork, and the other expressions are still checked.

import type { DiagnosticCode } from '../diagnostic-catalogue.ts';
import { createDiagnostic, type Diagnostic, type DiagnosticWords, quote } from '../diagnostics.ts';
import { type ExpressionText, locateSpan, type Span } from '../source-text.ts';
import type { Token } from './lexer.ts';
import { suggestFix } from './suggest-fix.ts';

/** Deeper expressions are refused, so that no phase can exhaust the stack. */
export const nestingLevelsMax = 100;

export type Cursor = {
  readonly source: ExpressionText;
  readonly tokens: readonly Token[];
  index: number;
  depth: number;
  /** Sums nest to the left, where the depth is not known in advance: they are counted instead. */
  sumTerms: number;
  problem: Diagnostic | null;
};

const endToken: Token = { kind: 'end', text: '', start: 0, end: 0 };

export function peek(cursor: Cursor, ahead = 0): Token {
  return cursor.tokens[cursor.index + ahead] ?? cursor.tokens.at(-1) ?? endToken;
}

export function advance(cursor: Cursor): Token {
  const token = peek(cursor);
  cursor.index++;
  return token;
}

/** True when the next tokens are these punctuation characters, whatever space is between them. */
export function isNext(cursor: Cursor, characters: string): boolean {
  for (let index = 0; index < characters.length; index++) {
    const token = peek(cursor, index);
    if (token.kind !== 'punctuation' || token.text !== characters[index]) return false;
  }
  return true;
}

export function accept(cursor: Cursor, characters: string): boolean {
  if (!isNext(cursor, characters)) return false;
  cursor.index += characters.length;
  return true;
}

export function isWord(cursor: Cursor, word: string, ahead = 0): boolean {
  const token = peek(cursor, ahead);
  return token.kind === 'identifier' && token.text === word;
}

export function acceptWord(cursor: Cursor, word: string): boolean {
  if (!isWord(cursor, word)) return false;
  cursor.index++;
  return true;
}

export function spanFrom(cursor: Cursor, start: number): Span {
  const end = cursor.tokens[cursor.index - 1]?.end ?? start;
  return { source: cursor.source, start, end };
}

/** Records the first problem; returns null so that callers can pass the failure on. */
export function fail<Code extends DiagnosticCode>(
  cursor: Cursor,
  code: Code,
  words: DiagnosticWords<Code>,
  token: Token,
): null {
  const { source } = cursor;
  cursor.problem ??= createDiagnostic(
    code,
    words,
    locateSpan({ source, start: token.start, end: token.end }),
  );
  return null;
}

export function failExpected(cursor: Cursor, expected: string): null {
  const token = peek(cursor);
  const found = token.kind === 'end' ? 'the end of the expression' : quote(token.text);
  const { source, tokens, index } = cursor;
  const suggestion = suggestFix({ text: source.text, tokens, index, expected });
  return fail(cursor, 'FR1003', { expected, found, suggestion }, token);
}
