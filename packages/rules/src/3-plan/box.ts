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

/** Classes of results: success, refused for lack of permission, any other failure. */
export const resultClasses = { success: 1, permission: 2, other: 4, all: 7 } as const;

export type Box = {
  readonly source: NameSet;
  readonly destination: NameSet;
  /** Bit i: the i-th combination of the tracked flag bits is allowed. */
  readonly flags: bigint;
  /** Bits of `resultClasses`. */
  readonly results: number;
};

export const dimensions = ['source', 'destination', 'results', 'flags'] as const;
export type Dimension = (typeof dimensions)[number];

const fullBoxes = new Map<number, Box>();

/** The box that rules nothing out, for this number of tracked flag bits. */
export function makeFullBox(flagBits: number): Box {
  let box = fullBoxes.get(flagBits);
  if (box === undefined) {
    const flags = (1n << BigInt(2 ** flagBits)) - 1n;
    box = { source: allNames, destination: allNames, flags, results: resultClasses.all };
    fullBoxes.set(flagBits, box);
  }
  return box;
}

export function intersectBoxes(left: Box, right: Box): Box {
  return {
    source: intersectNames(left.source, right.source),
    destination: intersectNames(left.destination, right.destination),
    flags: left.flags & right.flags,
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
    flags: boxes.reduce((flags, box) => flags | box.flags, 0n),
    results: boxes.reduce((results, box) => results | box.results, 0),
  };
}

export function isEmptyBox(box: Box): boolean {
  if (box.flags === 0n || box.results === 0) return true;
  return isEmptyNames(box.source) || isEmptyNames(box.destination);
}

function includesBox(outer: Box, inner: Box): boolean {
  return (
    (inner.flags & ~outer.flags) === 0n &&
    (inner.results & ~outer.results) === 0 &&
    includesNames(outer.source, inner.source) &&
    includesNames(outer.destination, inner.destination)
  );
}

function getDimensionKey(box: Box, dimension: Dimension): string {
  if (dimension === 'flags') return box.flags.toString(32);
  return dimension === 'results' ? String(box.results) : getNamesKey(box[dimension]);
}

/** Returns a text that boxes share when they are equal, in all but one dimension if given. */
export function getBoxKey(box: Box, except: Dimension | null): string {
  let key = '';
  for (const dimension of dimensions) {
    if (dimension !== except) key += `${getDimensionKey(box, dimension)}|`;
  }
  return key;
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
  if (joined.length < 2) return joined;
  for (const dimension of dimensions) {
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
  const nameWidth = (set: NameSet) => (set.kind === 'except' ? 1 : 0);
  const flags = box.flags === full.flags ? 1 : 0;
  return nameWidth(box.source) * 4 + nameWidth(box.destination) * 2 + flags;
}

/** True when the kernel lets every successful event of the operation pass for this box. */
export function isUnselective(box: Box, full: Box): boolean {
  return isAllNames(box.source) && isAllNames(box.destination) && box.flags === full.flags;
}
