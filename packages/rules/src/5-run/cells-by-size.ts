// SPDX-License-Identifier: Apache-2.0
// Says who gives room when memory is short: of the owners of one variable, one of those that use
// most. Sizes count in powers of two, so that of many owners that use about the same the one that
// was set least recently gives. Nothing here takes longer where there are more owners.

import type { Cell } from './variable-cell.ts';

/** Cells of one order, linked from the least to the most recently placed. */
type Row = { first: Cell | null; last: Cell | null };

/** Of `bytes` from 2^n to below 2^(n+1) it is n + 1. */
function findOrder(bytes: number): number {
  return 32 - Math.clz32(bytes);
}

export class CellsBySize {
  readonly #rows: Row[] = [];

  /** Puts a cell where its size belongs, as the most recent one there. */
  place(cell: Cell): void {
    this.remove(cell);
    const order = findOrder(cell.bytes);
    const row = this.#getRow(order);
    cell.place = { order, before: row.last, after: null };
    if (row.last?.place) row.last.place.after = cell;
    else row.first = cell;
    row.last = cell;
  }

  remove(cell: Cell): void {
    if (cell.place === null) return;
    const { order, before, after } = cell.place;
    const row = this.#getRow(order);
    if (before?.place) before.place.after = after;
    else row.first = after;
    if (after?.place) after.place.before = before;
    else row.last = before;
    cell.place = null;
  }

  /** The cell that gives first; null where there is none. */
  findFirst(): Cell | null {
    for (let order = this.#rows.length - 1; order >= 0; ) {
      const first = this.#rows[order]?.first ?? null;
      if (first === null) order -= 1;
      else if (findOrder(first.bytes) >= order) return first;
      // It has become smaller since.
      else this.place(first);
    }
    return null;
  }

  #getRow(order: number): Row {
    while (this.#rows.length <= order) this.#rows.push({ first: null, last: null });
    const row = this.#rows[order];
    if (row === undefined) throw new Error(`no row of the order ${order}`);
    return row;
  }
}
