// SPDX-License-Identifier: Apache-2.0
// A filter that lets every event through, with one lane for each operation: for who wants to see
// what the kernel sees, before any rule.

import {
  fileOperations,
  type KernelFilter,
  type OperationFilter,
  type PathEdges,
} from '@fimbul/schema';

/** `failures`: which failed calls pass beside those that succeed. */
export function passEverything(failures: OperationFilter['failures']): KernelFilter {
  const names = { names: new Map<string, bigint>(), otherNames: 1n, longNames: 1n };
  const edges: PathEdges = { exact: new Map(), affixes: null, other: 0, long: 0 };
  const operations = fileOperations.map((operation) => ({
    operation,
    lanes: 1n,
    source: names,
    destination: operation === 'rename' ? names : null,
    values: [],
    sourceRow: 0,
    destinationRow: 0,
    anySourcePath: 1n,
    anyDestinationPath: 1n,
    failures,
    programRow: 0,
    anyProcess: 1n,
  }));
  return {
    operations,
    paths: { states: [{ inner: edges, final: edges, alive: 0 }], classes: [[1n]] },
    programs: null,
  };
}
