// SPDX-License-Identifier: Apache-2.0
// What one variable keeps for one owner. A cell must not lead to its owner, or the owner would
// never go.

import type { RuntimeScalar } from '../2-check/typed.ts';
import { countBytes, type StoredList } from './stored-list.ts';

export type Cell = {
  /** The key of its variable. */
  readonly key: string;
  /** The cells of the same owner, by key. */
  readonly siblings: Map<string, Cell>;
  /** What was counted for it. */
  bytes: number;
  expiresNs: bigint | null;
  /** Where it stands among the cells of its variable; belongs to cells-by-size.ts. */
  place: { order: number; before: Cell | null; after: Cell | null } | null;
} & CellContent;

export type CellContent =
  | { readonly kind: 'scalar'; readonly value: RuntimeScalar }
  | { readonly kind: 'list'; readonly list: StoredList };

export function countCell(cell: CellContent): number {
  return cell.kind === 'list' ? cell.list.bytes : countBytes(cell.value);
}

/** True where the whole of it has ended; values of a list may end before. */
export function hasExpired({ expiresNs }: Pick<Cell, 'expiresNs'>, timeNs: bigint): boolean {
  return expiresNs !== null && expiresNs <= timeNs;
}
