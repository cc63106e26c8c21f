// SPDX-License-Identifier: Apache-2.0
// Tables for a terminal: the first columns are names and stand left, the others are numbers and
// stand right. Every cell may come from somebody's file, so what a terminal obeys is escaped.

import { escapeControls } from '@fimbul/config';

const gap = '  ';

export type Table = {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** How many columns, from the first, hold names. */
  readonly names: number;
  /** How many of those columns hold numbers all the same, from the first. */
  readonly numbers?: number;
};

/** Formats a table as lines, each indented. */
export function formatTable({ heads, rows, names, numbers = 0 }: Table): string[] {
  const cells = [heads, ...rows].map((row) => row.map(escapeControls));
  const widths = heads.map((_, column) =>
    Math.max(...cells.map((row) => (row[column] ?? '').length)),
  );
  return cells.map((row) => {
    const padded = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column >= numbers && column < names ? cell.padEnd(width) : cell.padStart(width);
    });
    return `${gap}${padded.join(gap)}`.trimEnd();
  });
}
