// SPDX-License-Identifier: Apache-2.0
// Gives the boxes of all rules of an operation their lanes. Equal boxes share a lane. When there
// are more than 64, boxes that differ in one dimension are joined first: the kernel still refuses
// exactly the same events and only more rules are candidates. Boxes that let much pass come last.

import { laneCountMax, type ValueClasses } from '@fimbul/schema';
import {
  type Box,
  type Dimension,
  estimateWidth,
  getBoxKey,
  groupBy,
  listDimensions,
  uniteBoxes,
} from './box.ts';
import type { FilterTable } from './constraint.ts';
import { forgetProcess } from './forget-process.ts';
import { describeBounds, listSelectors } from './selectivity.ts';
import { lineageValues, type TrackedValues } from './tracked-values.ts';

export type Lane = {
  readonly box: Box;
  /** Indexes of the rules with a conjunction in this lane, ascending. */
  readonly rules: readonly number[];
};

function joinLanes(lanes: readonly Lane[]): Lane {
  const rules = new Set(lanes.flatMap((lane) => lane.rules));
  return {
    box: uniteBoxes(lanes.map((lane) => lane.box)),
    rules: [...rules].sort((left, right) => left - right),
  };
}

function isLineage(classes: ValueClasses | undefined): boolean {
  return classes !== undefined && lineageValues.has(classes.value);
}

/**
 * What lanes may differ in to be joined. Where names follow from paths, as they do for exact ones,
 * joining both at once loses nothing either.
 */
function listJoinable({ full, classes }: TrackedValues): readonly (readonly Dimension[])[] {
  const lineage = [...classes.keys()].filter((table) => isLineage(classes[table]));
  return [
    ['program', ...lineage],
    ...listDimensions(full).map((dimension) => [dimension]),
    ['source', 'sourcePath'],
    ['destination', 'destinationPath'],
  ];
}

const files: readonly Dimension[] = ['source', 'sourcePath', 'destination', 'destinationPath'];

/** While somebody asks for a program's events, they are most of all. */
const processTables: ReadonlySet<FilterTable> = new Set(['program', 'ancestors']);
const fileTables: ReadonlySet<FilterTable> = new Set([
  ...(['source name', 'source path', 'destination name', 'destination path'] as const),
]);

/** What selects events stays apart from what does not: it could be told of neither after. */
function describeSelection({ box }: Lane, tracked: TrackedValues): string {
  const isSelected = listSelectors(box, tracked).some((table) => !processTables.has(table));
  return `${isSelected} ${describeBounds(box)}`;
}

function isSelectedByFile({ box }: Lane, tracked: TrackedValues): boolean {
  return listSelectors(box, tracked).some((table) => fileTables.has(table));
}

/** Of lanes that are joined although that loses something: those that look at the same files. */
function listJoinKeys(tracked: TrackedValues): readonly ((lane: Lane) => string)[] {
  return [
    ...listJoinable(tracked).map((joined) => (lane: Lane) => getBoxKey(lane.box, ...joined)),
    ({ box }) => getBoxKey(box, ...files),
    ({ box }) => getBoxKey(box, ...files, 'results'),
    () => '',
  ];
}

/** Joins lanes that differ in little, evenly, until no more than there may be are left. */
function joinSimilar(lanes: readonly Lane[], tracked: TrackedValues): Lane[] {
  let result = [...lanes];
  for (const getKey of listJoinKeys(tracked)) {
    let surplus = result.length - laneCountMax;
    if (surplus <= 0) break;
    const getWholeKey = (lane: Lane) => `${describeSelection(lane, tracked)} ${getKey(lane)}`;
    result = groupBy(result, getWholeKey).flatMap((group) => {
      const count = Math.max(1, group.length - Math.max(0, surplus));
      surplus -= group.length - count;
      const parts: Lane[][] = Array.from({ length: count }, () => []);
      group.forEach((lane, index) => {
        parts[index % count]?.push(lane);
      });
      return parts.map(joinLanes);
    });
  }
  return result;
}

/** Joins the lanes that let most pass, so that the selective ones stay as they are. */
function joinWidest(lanes: readonly Lane[], full: Box): Lane[] {
  if (lanes.length <= laneCountMax) return [...lanes];
  const sorted = [...lanes].sort(
    (left, right) => estimateWidth(left.box, full) - estimateWidth(right.box, full),
  );
  return [...sorted.slice(0, laneCountMax - 1), joinLanes(sorted.slice(laneCountMax - 1))];
}

function joinEqual(lanes: readonly Lane[]): Lane[] {
  return groupBy(lanes, (lane) => getBoxKey(lane.box)).map(joinLanes);
}

/** What selects events by their files does so whoever does it. */
function forgetProcesses(lanes: readonly Lane[], tracked: TrackedValues): Lane[] {
  return joinEqual(
    lanes.map((lane) =>
      isSelectedByFile(lane, tracked) ? { ...lane, box: forgetProcess(lane.box, tracked) } : lane,
    ),
  );
}

/** Assigns lanes to the boxes of each rule; the position of a lane is its bit. */
export function assignLanes(
  rules: readonly { readonly index: number; readonly boxes: readonly Box[] }[],
  tracked: TrackedValues,
): readonly Lane[] {
  const single = rules.flatMap(({ index, boxes }) => boxes.map((box) => ({ box, rules: [index] })));
  const distinct = joinEqual(single);
  const few = distinct.length > laneCountMax ? forgetProcesses(distinct, tracked) : distinct;
  // With that alone they would fit, and fewer of them need be joined.
  const start = few.length > laneCountMax ? few : distinct;
  return joinWidest(joinSimilar(start, tracked), tracked.full);
}
