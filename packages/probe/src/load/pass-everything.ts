// SPDX-License-Identifier: Apache-2.0
// Filters that let every event through, with one lane for each operation: for who wants to see what
// the kernel sees, before any rule.

import { fileOperations, type OperationFilter } from '@fimbul/schema';

/** `failures`: which failed calls pass beside those that succeed. */
export function passEverything(failures: OperationFilter['failures']): readonly OperationFilter[] {
  const names = { names: new Map<string, bigint>(), otherNames: 1n, longNames: 1n };
  return fileOperations.map((operation) => ({
    operation,
    lanes: 1n,
    source: names,
    destination: operation === 'rename' ? names : null,
    flags: { bits: [], masks: [1n] },
    failures,
  }));
}
