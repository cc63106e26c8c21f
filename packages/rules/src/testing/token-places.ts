// SPDX-License-Identifier: Apache-2.0
// Where the compiler sees the tokens of a policy's expressions, character by character: what
// editors should show. Only the reader of YAML and the lexer of the language are asked.

import { parseDocument, type Scalar } from 'yaml';
import { type TokenKind, tokenize } from '../1-parse/lexer.ts';
import { listExpressions } from '../format/policy-expressions.ts';
import { mapScalar } from '../policy/scalar-offsets.ts';
import { createSourceFile, type ExpressionText } from '../source-text.ts';

export type PlacedToken = {
  readonly kind: TokenKind | 'comment';
  readonly text: string;
  /** Offsets of its characters in the file; white space that joins lines is left out. */
  readonly offsets: readonly number[];
};

/** Finds the tokens of all expressions of a policy. */
export function placeTokens(text: string): readonly PlacedToken[] {
  const file = createSourceFile('x.policy', text);
  return listExpressions(parseDocument(text)).flatMap((scalar: Scalar) => {
    const { value, type = 'PLAIN', range } = scalar;
    if (typeof value !== 'string' || !range) return [];
    return placeExpression(mapScalar(file, value, type, [range[0], range[1]]));
  });
}

/** Finds the tokens of one expression, and its comments. */
export function placeExpression(source: ExpressionText): readonly PlacedToken[] {
  const place = (start: number, end: number): readonly number[] => {
    const offsets: number[] = [];
    for (let at = start; at < end; at++) {
      if (!/\s/.test(source.text[at] ?? '')) offsets.push(source.offsets[at] ?? 0);
    }
    return offsets;
  };
  const placed: PlacedToken[] = [];
  let before = 0;
  for (const { kind, text, start, end } of tokenize(source).tokens) {
    for (const comment of source.text.slice(before, start).matchAll(/(?:#|\/\/)[^\n]*/g)) {
      const from = before + comment.index;
      const offsets = place(from, from + comment[0].length);
      placed.push({ kind: 'comment', text: comment[0], offsets });
    }
    if (kind !== 'end') placed.push({ kind, text, offsets: place(start, end) });
    before = end;
  }
  return placed;
}
