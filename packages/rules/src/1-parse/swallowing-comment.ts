// SPDX-License-Identifier: Apache-2.0
// Comments that reach further than they look. A comment ends with its line; where YAML has folded
// lines into one, that is at the end of them all, and conditions on later lines are part of it.

import { createDiagnostic, type Diagnostic } from '../diagnostics.ts';
import { type ExpressionText, locateSpan } from '../source-text.ts';
import { tokenize } from './lexer.ts';

/** The parts of an expression that are no tokens: white space and comments. */
function listGaps(source: ExpressionText): readonly (readonly [start: number, end: number])[] {
  let start = 0;
  return tokenize(source).tokens.map((token) => {
    const gap = [start, token.start] as const;
    start = token.end;
    return gap;
  });
}

/** Warns of comments that hide text on later lines of the file. */
export function findSwallowingComments(source: ExpressionText): readonly Diagnostic[] {
  const { text, offsets, file } = source;
  if (!text.includes('#') && !text.includes('//')) return [];
  const problems: Diagnostic[] = [];
  for (const [gapStart, gapEnd] of listGaps(source)) {
    for (const match of text.slice(gapStart, gapEnd).matchAll(/(?:#|\/\/)[^\n]*/g)) {
      const start = gapStart + match.index;
      const end = start + match[0].trimEnd().length;
      const written = file.text.slice(offsets[start], (offsets[end - 1] ?? 0) + 1);
      if (!written.includes('\n')) continue;
      const span = { source, start, end };
      problems.push(createDiagnostic('FR2014', {}, locateSpan(span)));
    }
  }
  return problems;
}
