// SPDX-License-Identifier: Apache-2.0
// From lanes to the tables that the kernel reads: value → lanes that the value does not rule out.

import type { FileOperation, NameTable, OperationFilter } from '@fimbul/schema';
import { resultClasses } from './box.ts';
import type { Lane } from './lanes.ts';
import { hasName, type NameSet } from './name-set.ts';

function collectLanes(lanes: readonly Lane[], allows: (lane: Lane) => boolean): bigint {
  return lanes.reduce((mask, lane, bit) => (allows(lane) ? mask | (1n << BigInt(bit)) : mask), 0n);
}

function buildNameTable(lanes: readonly Lane[], pick: (lane: Lane) => NameSet): NameTable {
  const mentioned = new Set(lanes.flatMap((lane) => [...pick(lane).names]));
  const names = new Map<string, bigint>();
  for (const name of mentioned) {
    names.set(
      name,
      collectLanes(lanes, (lane) => hasName(pick(lane), name)),
    );
  }
  return {
    names,
    otherNames: collectLanes(lanes, (lane) => pick(lane).kind === 'except'),
    longNames: collectLanes(lanes, (lane) => pick(lane).long),
  };
}

/** Builds the tables of an operation. */
export function buildFilter(
  operation: FileOperation,
  lanes: readonly Lane[],
  flagBits: readonly number[],
): OperationFilter {
  const masks = Array.from({ length: 2 ** flagBits.length }, (_, combination) =>
    collectLanes(lanes, (lane) => ((lane.box.flags >> BigInt(combination)) & 1n) === 1n),
  );
  const wantsFailures = lanes.some((lane) => (lane.box.results & resultClasses.other) !== 0);
  return {
    operation,
    lanes: collectLanes(lanes, () => true),
    source: buildNameTable(lanes, (lane) => lane.box.source),
    destination:
      operation === 'rename' ? buildNameTable(lanes, (lane) => lane.box.destination) : null,
    flags: { bits: flagBits, masks },
    failures: wantsFailures ? 'all' : 'permission',
  };
}
