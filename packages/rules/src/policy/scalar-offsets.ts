// SPDX-License-Identifier: Apache-2.0
// Maps each character of a YAML scalar's value to its offset in the file, in all five styles.
// Plain and quoted scalars are decoded again, counting what each piece of the source yields.
// Block scalars have no escapes: all but white space stands in the source in the same order.

import type { Scalar } from 'yaml';
import type { ExpressionText, SourceFile } from '../source-text.ts';

type Range = readonly [start: number, end: number];

/**
 * Makes an expression of a scalar: its value, its style and its range in the file. The offsets are
 * computed when the first one is asked for, since most expressions have nothing to report.
 */
export function mapScalar(
  file: SourceFile,
  value: string,
  style: Scalar.Type,
  range: Range,
): ExpressionText {
  let offsets: ArrayLike<number> | null = null;
  return {
    file,
    text: value,
    get offsets() {
      offsets ??= findOffsets(file, value, style, range);
      return offsets;
    },
  };
}

function findOffsets(
  file: SourceFile,
  value: string,
  style: Scalar.Type,
  range: Range,
): ArrayLike<number> {
  const isBlock = style === 'BLOCK_LITERAL' || style === 'BLOCK_FOLDED';
  const found = isBlock ? mapBlock(file.text, value, range) : mapFlow(file.text, style, range);
  const offsets = new Uint32Array(value.length + 1);
  for (let index = 0; index <= value.length; index++) {
    offsets[index] = found[index] ?? found.at(-1) ?? range[0];
  }
  return offsets;
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\n' || character === '\r';
}

/** Returns the offset of each character, and at last that of the end. */
function mapFlow(text: string, style: Scalar.Type, [start, end]: Range): readonly number[] {
  const isQuoted = style !== 'PLAIN';
  const offsets: number[] = [];
  const limit = isQuoted ? end - 1 : end;
  let at = isQuoted ? start + 1 : start;
  while (at < limit) {
    const piece = readPiece(text, style, [at, limit]);
    if (piece.isVerbatim) for (let index = at; index < piece.end; index++) offsets.push(index);
    else for (let count = 0; count < piece.yields; count++) offsets.push(at);
    at = piece.end;
  }
  offsets.push(Math.min(at, end));
  return offsets;
}

/** A piece of the source: either it stands for itself, or for so many characters. */
type Piece =
  | { readonly isVerbatim: true; readonly end: number }
  | { readonly isVerbatim: false; readonly end: number; readonly yields: number };

function readPiece(text: string, style: Scalar.Type, [at, limit]: Range): Piece {
  const character = text[at];
  if (isSpace(character)) {
    const { end, breaks } = skipSpace(text, [at, limit]);
    if (breaks === 0) return { isVerbatim: true, end };
    return { isVerbatim: false, end, yields: Math.max(1, breaks - 1) };
  }
  if (character === '\\' && style === 'QUOTE_DOUBLE') return readEscape(text, [at, limit]);
  if (character === "'" && style === 'QUOTE_SINGLE') {
    return { isVerbatim: false, end: at + 2, yields: 1 };
  }
  return { isVerbatim: true, end: at + 1 };
}

function skipSpace(text: string, [start, limit]: Range): { end: number; breaks: number } {
  let end = start;
  let breaks = 0;
  while (end < limit && isSpace(text[end])) {
    if (text[end] === '\n') breaks++;
    end++;
  }
  return { end, breaks };
}

const escapeLengths: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 };

function readEscape(text: string, [at, limit]: Range): Piece {
  const next = text[at + 1] ?? '';
  if (next === '\n' || (next === '\r' && text[at + 2] === '\n')) {
    // An escaped line break joins the lines; empty lines after it still count.
    const { end, breaks } = skipSpace(text, [at + 1, limit]);
    return { isVerbatim: false, end, yields: breaks - 1 };
  }
  const end = at + (escapeLengths[next] ?? 2);
  const isWide = next === 'U' && Number.parseInt(text.slice(at + 2, end), 16) > 0xffff;
  return { isVerbatim: false, end, yields: isWide ? 2 : 1 };
}

/** Walks value and source side by side; only white space differs between them. */
function mapBlock(text: string, value: string, [start, end]: Range): readonly number[] {
  const header = text.indexOf('\n', start);
  let at = header === -1 ? end : header + 1;
  const offsets: number[] = [];
  for (const character of value.split('')) {
    if (!isSpace(character)) at = skipSpace(text, [at, end]).end;
    offsets.push(Math.min(at, end));
    // A line break that became a space is skipped before the next word.
    if (text[at] === character) at++;
  }
  offsets.push(Math.min(at, end));
  return offsets;
}
