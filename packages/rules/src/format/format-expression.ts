// SPDX-License-Identifier: Apache-2.0
// Formats one expression. Its tokens stay as they are, in their order: only white space between
// them changes, so that the result parses to the same tree.

import { type Token, tokenize } from '../1-parse/lexer.ts';
import { parseMacro } from '../1-parse/parser.ts';
import type { Diagnostic } from '../diagnostics.ts';
import { createPlainExpression, type ExpressionText } from '../source-text.ts';
import { layOutExpression } from './expression-layout.ts';
import { printLayout } from './layout.ts';
import { readLexemes } from './lexemes.ts';

export type FormattedExpression =
  | {
      readonly kind: 'formatted';
      /** True where a line may end in a comment, so that lines must not be joined. */
      readonly hasComments: boolean;
      /** The lines for a width in columns; relative to the first, inner ones are indented. */
      readonly print: (width: number) => readonly string[];
    }
  /** No expression of the language; the diagnostic says why. */
  | { readonly kind: 'broken'; readonly problem: Diagnostic }
  /** Has characters or line breaks inside of literals that only its author's layout can hold. */
  | { readonly kind: 'kept' };

/** Formats the expression of a rule, a macro or a filter. */
export function formatExpression(source: ExpressionText): FormattedExpression {
  const { problem } = parseMacro(source);
  if (problem) return { kind: 'broken', problem };
  const { tokens } = tokenize(source);
  const lexemes = readLexemes(source.text, tokens);
  const comments = lexemes.flatMap((lexeme) => lexeme.comments.map(({ text }) => text));
  // A tab is harmless in a comment, but in a literal it should be seen.
  const texts = [
    ...tokens.map(({ text }) => text),
    ...comments.map((text) => text.replaceAll('\t', ' ')),
  ];
  if (!texts.every(isPlainLine)) return { kind: 'kept' };
  const layout = layOutExpression(lexemes);
  const hasComments = comments.length > 0;
  return { kind: 'formatted', hasComments, print: (width) => printLayout(layout, width) };
}

const plainLine = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff]*$/u;

/** True for text of which every character can be seen, and that any YAML keeps on one line. */
export function isPlainLine(text: string): boolean {
  return plainLine.test(text);
}

/** True when two expressions have the same tokens, and so the same tree. */
export function haveSameTokens(first: string, second: string): boolean {
  const [a, b] = [listTokens(first), listTokens(second)];
  return (
    a.length === b.length &&
    a.every(({ kind, text }, index) => b[index]?.kind === kind && b[index]?.text === text)
  );
}

function listTokens(text: string): readonly Token[] {
  return tokenize(createPlainExpression('', text)).tokens;
}

/** Lists the comments of an expression, in order of their text. */
export function listComments(text: string): readonly string[] {
  const lexemes = readLexemes(text, listTokens(text));
  return lexemes.flatMap(({ comments }) => comments.map((comment) => comment.text)).sort();
}
