// SPDX-License-Identifier: Apache-2.0
// How many events of a stream keep which lanes. Lanes are counted as they come, one number for each
// combination, and only made rules of when somebody asks.

import { type FileOperation, fileOperations, type KernelFilter } from '@fimbul/schema';
import { filterEvent, type VisibleEvent } from './3-plan/filter-model.ts';

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

/**
 * Makes a function that says which lanes an event is sent for. The kernel stops looking once a lane
 * is left that no path rules out; here all paths are looked at, so that lanes which the paths rule
 * out are not blamed. Both are empty for the same events.
 */
export function traceLanes(
  filter: KernelFilter,
): (operation: FileOperation, event: VisibleEvent) => bigint {
  const operations = filter.operations.map((one) => ({ ...one, anyDestinationPath: 0n }));
  const patient: KernelFilter = { ...filter, operations };
  return (operation, event) => filterEvent(patient, operation, event);
}
