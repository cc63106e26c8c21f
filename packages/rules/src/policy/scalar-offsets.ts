// SPDX-License-Identifier: Apache-2.0
// Maps each character of a YAML scalar's value to its offset in the file, in all five styles.
// YAML only folds white space, removes indentation and resolves escapes; every other character
// stands in the source in the same order, so the two texts are walked side by side.

import type { Scalar } from 'yaml';
import { createSourceFile, type ExpressionText, type SourceFile } from '../source-text.ts';

type Walk = {
  readonly text: string;
  readonly end: number;
  readonly style: Scalar.Type;
  at: number;
};

/** Makes an expression of a scalar. `value` is its text, `start` and `end` its range in the file. */
export function mapScalar(
  file: SourceFile,
  value: string,
  style: Scalar.Type,
  range: readonly [start: number, end: number],
): ExpressionText {
  const walk: Walk = { text: file.text, end: range[1], style, at: range[0] };
  if (style === 'BLOCK_LITERAL' || style === 'BLOCK_FOLDED') skipLine(walk);
  if (style === 'QUOTE_DOUBLE' || style === 'QUOTE_SINGLE') walk.at++;
  const offsets = new Uint32Array(value.length + 1);
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    const offset = isSpace(code) ? stepSpace(walk, code) : stepCharacter(walk, code);
    offsets[index] = offset;
    // The second half of a character written as \U0001F600 has no place of its own.
    if (offset < 0) offsets[index] = index > 0 ? (offsets[index - 1] ?? 0) : range[0];
  }
  offsets[value.length] = Math.min(walk.at, range[1]);
  return { file, text: value, offsets };
}

/** The header of a block scalar (`|`, `>-` …) ends with its line. */
function skipLine(walk: Walk): void {
  const newline = walk.text.indexOf('\n', walk.at);
  walk.at = newline === -1 ? walk.end : newline + 1;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}

function skipSpace(walk: Walk): void {
  while (walk.at < walk.end && isSpace(walk.text.charCodeAt(walk.at))) walk.at++;
}

function isEscape(walk: Walk): boolean {
  return walk.style === 'QUOTE_DOUBLE' && walk.text[walk.at] === '\\';
}

/** A backslash before a line break joins the lines and stands for nothing. */
function skipJoinedLines(walk: Walk): void {
  while (isEscape(walk) && /^\\\r?\n/.test(walk.text.slice(walk.at, walk.at + 3))) {
    walk.at++;
    skipSpace(walk);
  }
}

const escapeLengths: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 };

function stepEscape(walk: Walk): number {
  const offset = walk.at;
  walk.at += escapeLengths[walk.text[offset + 1] ?? ''] ?? 2;
  return offset;
}

function stepSpace(walk: Walk, code: number): number {
  skipJoinedLines(walk);
  const offset = Math.min(walk.at, walk.end);
  if (isEscape(walk)) return stepEscape(walk);
  // A folded line break became this character: it is skipped before the next word.
  if (walk.text.charCodeAt(offset) === code) walk.at++;
  return offset;
}

function stepCharacter(walk: Walk, code: number): number {
  skipJoinedLines(walk);
  if (!isEscape(walk)) skipSpace(walk);
  skipJoinedLines(walk);
  if (isEscape(walk)) return stepEscape(walk);
  const offset = walk.at;
  if (walk.text.charCodeAt(offset) !== code) return -1;
  walk.at += walk.style === 'QUOTE_SINGLE' && walk.text[offset] === "'" ? 2 : 1;
  return offset;
}

/** Makes an expression that is no scalar, such as a key, all at one place. */
export function pointAt(path: string, text: string, value: string, offset: number): ExpressionText {
  const offsets = new Uint32Array(value.length + 1).fill(offset);
  return { file: createSourceFile(path, text), text: value, offsets };
}
