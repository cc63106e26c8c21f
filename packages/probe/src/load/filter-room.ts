// SPDX-License-Identifier: Apache-2.0
// How much room the kernel's tables have for a rule set. They are made once, for as many rule sets
// as there are banks, with some room for the next ones to be larger.

import { type KernelFilter, kernelLimits, type PathEdges } from '@fimbul/schema';
import { type Result, refuse, succeed } from '../probe-error.ts';
import type { FilterMap } from './map-entry.ts';

/** Entries for one rule set. */
export type FilterRoom = {
  readonly names: number;
  readonly tables: number;
  readonly masks: number;
  readonly states: number;
  readonly classes: number;
  readonly edges: number;
  readonly affixes: number;
};

type Table = {
  readonly map: FilterMap;
  /** Room for this many costs next to nothing. */
  readonly least: number;
  readonly most: number;
  /** What people know them by. */
  readonly noun: string;
};

const tables: Readonly<Record<keyof FilterRoom, Table>> = {
  names: {
    map: 'filter_names',
    least: 1024,
    most: kernelLimits.FILTER_NAMES_MAX,
    noun: 'names',
  },
  tables: {
    map: 'filter_value_tables',
    least: 256,
    most: kernelLimits.FILTER_VALUE_TABLES_MAX,
    noun: 'tables of flags, modes and ids',
  },
  masks: {
    map: 'filter_value_masks',
    least: 4096,
    most: kernelLimits.FILTER_VALUE_MASKS_MAX,
    noun: 'combinations of flags, modes and ids',
  },
  states: {
    map: 'filter_path_states',
    least: 1024,
    most: kernelLimits.FILTER_PATH_STATES_MAX,
    noun: 'directories',
  },
  classes: {
    map: 'filter_path_classes',
    least: 256,
    most: kernelLimits.FILTER_PATH_CLASSES_MAX,
    noun: 'different sets of rules for a path',
  },
  edges: {
    map: 'filter_path_edges',
    least: 1024,
    most: kernelLimits.FILTER_PATH_EDGES_MAX,
    noun: 'names in directories',
  },
  affixes: {
    map: 'filter_path_affixes',
    least: 1024,
    most: kernelLimits.FILTER_PATH_AFFIXES_MAX,
    noun: 'beginnings and ends of names in directories',
  },
};

const tableNames = Object.keys(tables) as (keyof FilterRoom)[];

function countEdges({ exact, affixes }: PathEdges): { edges: number; affixes: number } {
  if (!affixes) return { edges: exact.size, affixes: 0 };
  return {
    edges: exact.size + affixes.targets.size,
    affixes: affixes.prefixes.size + affixes.suffixes.size,
  };
}

/** Counts the entries that a filter needs. */
export function measureFilter({ operations, paths, programs }: KernelFilter): FilterRoom {
  const states = [...paths.states, ...(programs?.paths.states ?? [])];
  const counts = states.flatMap(({ inner, final }) => [countEdges(inner), countEdges(final)]);
  return {
    names: operations.reduce(
      (sum, { source, destination }) => sum + source.names.size + (destination?.names.size ?? 0),
      0,
    ),
    tables: operations.reduce((sum, { values }) => sum + values.length, 0),
    masks: operations
      .flatMap(({ values }) => values)
      .reduce((sum, { masks }) => sum + masks.length, 0),
    states: states.length,
    classes: paths.classes.length + (programs?.paths.classes.length ?? 0),
    edges: counts.reduce((sum, { edges }) => sum + edges, 0),
    affixes: counts.reduce((sum, { affixes }) => sum + affixes, 0),
  };
}

/** Refuses a filter that does not fit. */
export function checkRoom(filter: KernelFilter, room: FilterRoom): Result<void> {
  const needed = measureFilter(filter);
  for (const name of tableNames) {
    if (needed[name] <= room[name]) continue;
    return refuse({
      code: 'filter_too_large',
      what:
        `install the kernel filter: it has ${needed[name]} ${tables[name].noun}, ` +
        `more than the ${room[name]} that there is room for`,
      advice:
        room[name] < tables[name].most
          ? 'start the agent again to make room for these rules'
          : 'use patterns in place of long lists of exact names',
    });
  }
  return succeed(undefined);
}

/** Chooses the room for a filter and those that may follow it. */
export function chooseRoom(filter: KernelFilter): Result<FilterRoom> {
  const needed = measureFilter(filter);
  const choose = (name: keyof FilterRoom): number => {
    const { least, most } = tables[name];
    const rounded = 2 ** Math.ceil(Math.log2(Math.max(needed[name], 1)));
    return Math.min(Math.max(rounded, least), most);
  };
  const room: FilterRoom = {
    names: choose('names'),
    tables: choose('tables'),
    masks: choose('masks'),
    states: choose('states'),
    classes: choose('classes'),
    edges: choose('edges'),
    affixes: choose('affixes'),
  };
  const checked = checkRoom(filter, room);
  return checked.ok ? succeed(room) : checked;
}

/** The entries of each map, for all banks. */
export function listMapEntries(room: FilterRoom): readonly (readonly [FilterMap, number])[] {
  return tableNames.map((name) => [tables[name].map, room[name] * kernelLimits.FILTER_BANKS]);
}
