// SPDX-License-Identifier: Apache-2.0
// Where text came from. An expression stands inside a YAML scalar, so each of its characters knows
// its offset in the file; a span of the expression can then be shown in the file, to the column.

export type SourceFile = {
  readonly path: string;
  readonly text: string;
  /** Offset of the first character of each line. */
  readonly lineStarts: readonly number[];
};

/** An expression, and for each of its characters (and its end) the offset in the file. */
export type ExpressionText = {
  readonly file: SourceFile;
  readonly text: string;
  readonly offsets: ArrayLike<number>;
};

/** A part of an expression. */
export type Span = {
  readonly source: ExpressionText;
  readonly start: number;
  readonly end: number;
};

/** A part of one line of a file; line and column count from 1, in UTF-16 units as editors do. */
export type Place = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Length of the part that is on this line, at least 1. */
  readonly length: number;
};

export function createSourceFile(path: string, text: string): SourceFile {
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
    lineStarts.push(at + 1);
  }
  return { path, text, lineStarts };
}

/** Finds the line and column of a range of offsets in a file. */
export function locateOffsets(file: SourceFile, start: number, end: number): Place {
  let low = 0;
  let high = file.lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((file.lineStarts[middle] ?? 0) <= start) low = middle;
    else high = middle - 1;
  }
  const lineStart = file.lineStarts[low] ?? 0;
  const lineEnd = (file.lineStarts[low + 1] ?? file.text.length + 1) - 1;
  const length = Math.max(1, Math.min(end, lineEnd) - start);
  return { file: file.path, line: low + 1, column: start - lineStart + 1, length };
}

/** Finds where a part of an expression stands in its file. */
export function locateSpan(span: Span): Place {
  const { file, offsets } = span.source;
  const start = offsets[span.start] ?? 0;
  const last = span.end > span.start ? (offsets[span.end - 1] ?? start) : start;
  return locateOffsets(file, start, last + 1);
}

/** Returns the text of a span with runs of white space as one space. */
export function getSpanText(span: Span): string {
  return span.source.text.slice(span.start, span.end).replace(/\s+/g, ' ');
}

/** Makes an expression of which every character stands at the same offset in its file. */
export function createPlainExpression(path: string, text: string): ExpressionText {
  const offsets = Uint32Array.from({ length: text.length + 1 }, (_, index) => index);
  return { file: createSourceFile(path, text), text, offsets };
}
