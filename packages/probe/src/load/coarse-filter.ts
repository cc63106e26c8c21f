// SPDX-License-Identifier: Apache-2.0
// A filter that fits into tables that were made for other rules: where there is no room for what
// tells values apart, all of them pass. More events reach the agent then, and none is missing.

import {
  filterPathRowsMax,
  type KernelFilter,
  laneCountMax,
  type NameTable,
  type OperationFilter,
  type PathAutomaton,
  type PathEdges,
} from '@fimbul/schema';
import { type FilterRoom, measureFilter } from './filter-room.ts';

const everyLane = (1n << BigInt(laneCountMax)) - 1n;

function makeAnyPath(): PathAutomaton {
  const edges: PathEdges = { exact: new Map(), affixes: null, other: 0, long: 0 };
  const everything = Array.from({ length: filterPathRowsMax }, () => everyLane);
  return { states: [{ inner: edges, final: edges, alive: 0 }], classes: [everything] };
}

function passNames({ lanes }: OperationFilter): NameTable {
  return { names: new Map(), otherNames: lanes, longNames: lanes };
}

function passAllPrograms(filter: KernelFilter): KernelFilter {
  return {
    ...filter,
    operations: filter.operations.map((operation) => ({
      ...operation,
      anyProcess: operation.lanes,
    })),
    programs: null,
  };
}

function passAllPaths(filter: KernelFilter): KernelFilter {
  return {
    ...filter,
    operations: filter.operations.map((operation) => ({
      ...operation,
      anySourcePath: operation.lanes,
      anyDestinationPath: operation.lanes,
    })),
    paths: makeAnyPath(),
  };
}

function passAllNames(filter: KernelFilter): KernelFilter {
  return {
    ...filter,
    operations: filter.operations.map((operation) => ({
      ...operation,
      source: passNames(operation),
      destination: operation.destination && passNames(operation),
    })),
  };
}

function passAllValues(filter: KernelFilter): KernelFilter {
  const operations = filter.operations.map((operation) => ({ ...operation, values: [] }));
  return { ...filter, operations };
}

export type LeftOut = 'programs' | 'paths' | 'names' | 'values';

export type FittingFilter = {
  readonly filter: KernelFilter;
  /** What it does not look at for want of room. */
  readonly leftOut: readonly LeftOut[];
};

const pathTables = ['states', 'classes', 'edges', 'affixes'] as const;

function needsMorePaths(filter: KernelFilter, room: FilterRoom): boolean {
  const needed = measureFilter(filter);
  return pathTables.some((table) => needed[table] > room[table]);
}

/** Makes a filter fit; one that fits stays as it is. */
export function fitFilter(filter: KernelFilter, room: FilterRoom): FittingFilter {
  const needed = measureFilter(filter);
  const leftOut: LeftOut[] = [];
  let fitting = filter;
  if (filter.programs !== null && needsMorePaths(filter, room)) {
    fitting = passAllPrograms(fitting);
    leftOut.push('programs');
  }
  if (needsMorePaths(fitting, room)) {
    fitting = passAllPaths(fitting);
    leftOut.push('paths');
  }
  if (needed.names > room.names) {
    fitting = passAllNames(fitting);
    leftOut.push('names');
  }
  if (needed.tables > room.tables || needed.masks > room.masks) {
    fitting = passAllValues(fitting);
    leftOut.push('values');
  }
  return { filter: fitting, leftOut };
}
