// SPDX-License-Identifier: Apache-2.0
// What stands before a place in an expression that is being written: whole tokens, and at the end
// perhaps half of one. Nothing is an error here.

import { matchToken, type TokenKind } from '../1-parse/lexer.ts';
import { findOpenLiteral } from './highlight-expression.ts';

export type WrittenToken = { readonly kind: TokenKind; readonly text: string };

/** What stands before a place. */
export type TextBefore = {
  readonly tokens: readonly WrittenToken[];
  /** The name or operator that is being written, and where it begins. */
  readonly word: string;
  readonly from: number;
  readonly place: 'code' | 'variable' | 'reference' | 'text';
};

/** Reads the text before a place; what is half-written at its end is told apart. */
export function readBefore(text: string): TextBefore {
  const tokens: WrittenToken[] = [];
  for (let at = 0; at < text.length; ) {
    const opened = /^[$%]\{([\w.[\]]*)$/.exec(text.slice(at));
    if (opened) return readPlaceholder(tokens, text, opened[1] ?? '');
    const match = matchToken(text, at);
    const opening = findOpenLiteral(text, { at, match });
    if (opening !== null) {
      // A value may be put into a string that is not closed yet, and into nothing else.
      const inside = opening === '"' ? /[$%]\{([\w.[\]]*)$/.exec(text.slice(at)) : null;
      if (inside) return readPlaceholder(tokens, text, inside[1] ?? '');
      return { tokens, word: '', from: text.length, place: 'text' };
    }
    const end = at + (match?.length ?? 1);
    const token = text.slice(at, end);
    if (match?.kind === 'skip') {
      const isComment = end === text.length && /(?:#|\/\/)[^\n]*$/.test(token);
      if (isComment) return { tokens, word: '', from: text.length, place: 'text' };
    } else if (match?.kind === 'identifier' && end === text.length) {
      return { tokens, word: token, from: at, place: 'code' };
    } else {
      tokens.push({ kind: match?.kind ?? 'punctuation', text: token });
    }
    at = end;
  }
  return { tokens, word: '', from: text.length, place: 'code' };
}

function readPlaceholder(tokens: readonly WrittenToken[], text: string, word: string): TextBefore {
  const sign = text[text.length - word.length - 2];
  const place = sign === '$' ? 'variable' : 'reference';
  return { tokens, word, from: text.length - word.length, place };
}
