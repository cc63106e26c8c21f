// SPDX-License-Identifier: Apache-2.0
// How many events of a stream keep which lanes. Lanes are counted as they come, one number for each
// combination, and only made rules of when somebody asks.

import { type FileOperation, fileOperations } from '@fimbul/schema';

export class LaneCensus {
  readonly #counts: Readonly<Record<FileOperation, Map<bigint, number>>> = Object.fromEntries(
    fileOperations.map((operation) => [operation, new Map()]),
  ) as Record<FileOperation, Map<bigint, number>>;

  /** Counts an event that stands for so many; 0n is one that is dropped. */
  count(operation: FileOperation, lanes: bigint, weight = 1): void {
    const counts = this.#counts[operation];
    counts.set(lanes, (counts.get(lanes) ?? 0) + weight);
  }

  /** How many events were counted. */
  countAll(operation: FileOperation): number {
    return this.#counts[operation].values().reduce((sum, count) => sum + count, 0);
  }

  /** How many events kept which lanes. */
  list(operation: FileOperation): ReadonlyMap<bigint, number> {
    return this.#counts[operation];
  }
}
