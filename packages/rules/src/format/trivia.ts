// SPDX-License-Identifier: Apache-2.0
// What stands between the values of a YAML document: comments, empty lines, anchors and tags.

import type { CST } from 'yaml';
import { locateOffsets, type SourceFile } from '../source-text.ts';
import type { TriviaLine } from './layout-tree.ts';

export type Trivia = {
  /** Comments behind something on its line. */
  readonly inline: readonly string[];
  /** Lines of comments, and empty lines. */
  readonly lines: readonly TriviaLine[];
  /** Both in their order, as lines. */
  readonly all: readonly TriviaLine[];
  readonly properties: readonly string[];
};

/** Sorts the tokens between two values. */
export function readTrivia(file: SourceFile, tokens: readonly CST.SourceToken[]): Trivia {
  const inline: string[] = [];
  const lines: TriviaLine[] = [];
  const all: TriviaLine[] = [];
  const properties: string[] = [];
  for (const token of tokens) {
    switch (token.type) {
      case 'newline':
        if (startsLine(file, token.offset)) {
          lines.push({ kind: 'blank' });
          all.push({ kind: 'blank' });
        }
        break;
      case 'comment':
        if (startsLine(file, token.offset)) lines.push(readComment(file, token));
        else inline.push(token.source.trimEnd());
        all.push(readComment(file, token));
        break;
      case 'anchor':
      case 'tag':
        properties.push(token.source);
        break;
      default:
    }
  }
  return { inline, lines, all, properties };
}

/** True when there is nothing but space before an offset on its line. */
export function startsLine(file: SourceFile, offset: number): boolean {
  const lineStart = offset === 0 ? 0 : file.text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*$/.test(file.text.slice(lineStart, offset));
}

export function readComment(file: SourceFile, token: CST.SourceToken): TriviaLine {
  const { column } = locateOffsets(file, token.offset, token.offset + 1);
  return { kind: 'comment', text: token.source.trimEnd(), column: column - 1 };
}

/** Makes lines of comments that have to move away from where they stood. */
export function moveComments(texts: readonly string[], column: number): readonly TriviaLine[] {
  return texts.map((text) => ({ kind: 'comment', text, column }));
}

export function keepComments(lines: readonly TriviaLine[]): readonly TriviaLine[] {
  return lines.filter(({ kind }) => kind === 'comment');
}

/** Splits lines after a collection into those that belong to it and those of what follows it. */
export function splitByColumn(
  lines: readonly TriviaLine[],
  column: number,
): readonly [own: readonly TriviaLine[], rest: readonly TriviaLine[]] {
  const outer = lines.findIndex((line) => line.kind === 'comment' && line.column < column);
  const own = outer === -1 ? lines : lines.slice(0, outer);
  const last = own.findLastIndex(({ kind }) => kind === 'comment');
  return [lines.slice(0, last + 1), lines.slice(last + 1)];
}
