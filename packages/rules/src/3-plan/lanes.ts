// SPDX-License-Identifier: Apache-2.0
// Gives the boxes of all rules of an operation their lanes. Equal boxes share a lane. When there
// are more than 64, boxes that differ in one dimension are joined first: the kernel still refuses
// exactly the same events and only more rules are candidates. Boxes that let much pass come last.

import { laneCountMax } from '@fimbul/schema';
import {
  type Box,
  dimensions,
  estimateWidth,
  getBoxKey,
  groupBy,
  makeFullBox,
  uniteBoxes,
} from './box.ts';

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

/** Joins lanes that differ in one dimension, evenly, until no more than the limit are left. */
function joinExactly(lanes: readonly Lane[], limit: number): Lane[] {
  let result = [...lanes];
  for (const dimension of dimensions) {
    let surplus = result.length - limit;
    if (surplus <= 0) break;
    result = groupBy(result, (lane) => getBoxKey(lane.box, dimension)).flatMap((group) => {
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
function joinWidest(lanes: readonly Lane[], flagBits: number): Lane[] {
  if (lanes.length <= laneCountMax) return [...lanes];
  const full = makeFullBox(flagBits);
  const sorted = [...lanes].sort(
    (left, right) => estimateWidth(left.box, full) - estimateWidth(right.box, full),
  );
  return [...sorted.slice(0, laneCountMax - 1), joinLanes(sorted.slice(laneCountMax - 1))];
}

/** Assigns lanes to the boxes of each rule; the position of a lane is its bit. */
export function assignLanes(
  rules: readonly { readonly index: number; readonly boxes: readonly Box[] }[],
  flagBits: number,
): readonly Lane[] {
  const single = rules.flatMap(({ index, boxes }) => boxes.map((box) => ({ box, rules: [index] })));
  const distinct = groupBy(single, (lane) => getBoxKey(lane.box, null)).map(joinLanes);
  return joinWidest(joinExactly(distinct, laneCountMax), flagBits);
}
