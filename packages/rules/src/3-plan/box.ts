// SPDX-License-Identifier: Apache-2.0
// A box: what one conjunction allows in each dimension that the kernel can see. A box never allows
// less than its conjunction does; so united boxes stay sound, and an empty one can never match.

import {
  allNames,
  getNamesKey,
  includesNames,
  intersectNames,
  isAllNames,
  isEmptyNames,
  type NameSet,
  uniteAllNames,
} from './name-set.ts';
import { allPaths, intersectPaths, type PathFormula, uniteAllPaths } from './path-formula.ts';
import {
  getValuesKey,
  includesValues,
  intersectValues,
  isEmptyValues,
  uniteAllValues,
  type ValueSets,
} from './value-sets.ts';

/** Classes of results: success, refused for lack of permission, any other failure. */
export const resultClasses = { success: 1, permission: 2, other: 4, all: 7 } as const;

export type Box = {
  readonly source: NameSet;
  readonly destination: NameSet;
  readonly sourcePath: PathFormula;
  readonly destinationPath: PathFormula;
  /** Of what the process runs. */
  readonly program: PathFormula;
  /** For each table of values the classes that are allowed. */
  readonly values: ValueSets;
  /** Bits of `resultClasses`. */
  readonly results: number;
};

export const dimensions = [
  'sourcePath',
  'destinationPath',
  'program',
  'source',
  'destination',
  'results',
] as const;
/** A number stands for a table of values. */
export type Dimension = (typeof dimensions)[number] | number;

/** Makes the box that rules nothing out, for tables of values with so many classes each. */
export function makeFullBox(classCounts: readonly number[]): Box {
  return {
    source: allNames,
    destination: allNames,
    sourcePath: allPaths,
    destinationPath: allPaths,
    program: allPaths,
    values: classCounts.map((count) => (1n << BigInt(count)) - 1n),
    results: resultClasses.all,
  };
}

/** The dimensions of a box, tables of values last. */
export function listDimensions({ values }: Box): readonly Dimension[] {
  return [...dimensions, ...values.keys()];
}

export function intersectBoxes(left: Box, right: Box): Box {
  return {
    source: intersectNames(left.source, right.source),
    destination: intersectNames(left.destination, right.destination),
    sourcePath: intersectPaths(left.sourcePath, right.sourcePath),
    destinationPath: intersectPaths(left.destinationPath, right.destinationPath),
    program: intersectPaths(left.program, right.program),
    values: intersectValues(left.values, right.values),
    results: left.results & right.results,
  };
}

/** The smallest box around some; exact when they differ in one dimension. */
export function uniteBoxes(boxes: readonly Box[]): Box {
  const [only] = boxes;
  if (only !== undefined && boxes.length === 1) return only;
  return {
    source: uniteAllNames(boxes.map((box) => box.source)),
    destination: uniteAllNames(boxes.map((box) => box.destination)),
    sourcePath: uniteAllPaths(boxes.map((box) => box.sourcePath)),
    destinationPath: uniteAllPaths(boxes.map((box) => box.destinationPath)),
    program: uniteAllPaths(boxes.map((box) => box.program)),
    values: uniteAllValues(boxes.map((box) => box.values)),
    results: boxes.reduce((results, box) => results | box.results, 0),
  };
}

/** A path that no known path is may still be one that is not known. */
export function isEmptyBox(box: Box): boolean {
  if (box.results === 0 || isEmptyValues(box.values)) return true;
  return isEmptyNames(box.source) || isEmptyNames(box.destination);
}

function includesBox(outer: Box, inner: Box): boolean {
  return (
    includesValues(outer.values, inner.values) &&
    (inner.results & ~outer.results) === 0 &&
    includesPaths(outer.sourcePath, inner.sourcePath) &&
    includesPaths(outer.destinationPath, inner.destinationPath) &&
    includesPaths(outer.program, inner.program) &&
    includesNames(outer.source, inner.source) &&
    includesNames(outer.destination, inner.destination)
  );
}

/** Formulas that are equal are the same; whether one follows from another is not asked. */
function includesPaths(outer: PathFormula, inner: PathFormula): boolean {
  return outer === allPaths || outer === inner;
}

function getDimensionKey(box: Box, dimension: (typeof dimensions)[number]): string {
  switch (dimension) {
    case 'results':
      return String(box.results);
    case 'source':
    case 'destination':
      return getNamesKey(box[dimension]);
    case 'sourcePath':
    case 'destinationPath':
    case 'program':
      return String(box[dimension].id);
  }
}

/** Returns a text that boxes share when they are equal, in all but these dimensions. */
export function getBoxKey(box: Box, ...except: readonly Dimension[]): string {
  let key = '';
  for (const dimension of dimensions) {
    if (!except.includes(dimension)) key += `${getDimensionKey(box, dimension)}|`;
  }
  return key + getValuesKey(box.values, except);
}

/** Groups by a key, in order of first appearance. */
export function groupBy<Item>(items: readonly Item[], getKey: (item: Item) => string): Item[][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = getKey(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()];
}

const containmentMax = 100;

/** Joins boxes where that loses nothing: neighbours in one dimension, and boxes within others. */
export function simplifyBoxes(boxes: readonly Box[]): Box[] {
  let joined = boxes.filter((box) => !isEmptyBox(box));
  const [first] = joined;
  if (first === undefined || joined.length < 2) return joined;
  for (const dimension of listDimensions(first)) {
    if (joined.length < 2) return joined;
    joined = groupBy(joined, (box) => getBoxKey(box, dimension)).map(uniteBoxes);
  }
  // Comparing all with all does not pay when there are many.
  if (joined.length > containmentMax) return joined;
  return joined.filter(
    (box, index) =>
      !joined.some(
        (other, at) =>
          at !== index && includesBox(other, box) && (at < index || !includesBox(box, other)),
      ),
  );
}

/** How many events a box lets pass, roughly: higher is more. For choosing what to join. */
export function estimateWidth(box: Box, full: Box): number {
  const width = (names: NameSet, path: PathFormula): number =>
    (names.kind === 'except' ? 2 : 0) + (path === allPaths ? 1 : 0);
  const values = includesValues(box.values, full.values) ? 1 : 0;
  const source = width(box.source, box.sourcePath);
  return source * 8 + width(box.destination, box.destinationPath) * 2 + values;
}

/** True when the kernel lets every successful event of the operation pass for this box. */
export function isUnselective(box: Box, full: Box): boolean {
  const { sourcePath, destinationPath, program } = box;
  if ([sourcePath, destinationPath, program].some((path) => path !== allPaths)) return false;
  return (
    isAllNames(box.source) && isAllNames(box.destination) && includesValues(box.values, full.values)
  );
}
