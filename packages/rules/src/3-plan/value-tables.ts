// SPDX-License-Identifier: Apache-2.0
// From lanes to the tables of values. A table that rules nothing out is left out.

import type { ValueTable } from '@fimbul/schema';
import { resultClasses } from './box.ts';
import type { Lane } from './lanes.ts';
import type { TrackedValues } from './tracked-values.ts';
import { countClasses } from './value-classes.ts';

const lowLanes = 32;

/** For each class the lanes that allow it. In halves of numbers, for there are many classes. */
function collectMasks(sets: readonly bigint[], count: number): bigint[] {
  const low = new Uint32Array(count);
  const high = new Uint32Array(count);
  sets.forEach((set, lane) => {
    const half = lane < lowLanes ? low : high;
    const bit = 1 << (lane % lowLanes);
    const digits = set.toString(2);
    for (let at = 0; at < digits.length; at++) {
      const index = digits.length - 1 - at;
      if (digits[at] === '1') half[index] = (half[index] ?? 0) | bit;
    }
  });
  return Array.from(low, (mask, at) => (BigInt(high[at] ?? 0) << 32n) | BigInt(mask));
}

/** Of results, which are negative numbers of 32 bits where they are errors: the classes of each. */
const resultParts = [
  { last: 0x7fff_ffff, class: resultClasses.success },
  { last: 0xffff_fff2, class: resultClasses.other },
  { last: 0xffff_fff3, class: resultClasses.permission },
  { last: 0xffff_fffe, class: resultClasses.other },
  { last: 0xffff_ffff, class: resultClasses.permission },
] as const;

function buildResultTable(lanes: readonly Lane[]): ValueTable {
  const sets = lanes.map(({ box }) =>
    resultParts.reduce(
      (set, part, at) => ((box.results & part.class) === 0 ? set : set | (1n << BigInt(at))),
      0n,
    ),
  );
  const lasts = resultParts.slice(0, -1).map(({ last }) => last);
  return {
    classes: { kind: 'bounds', value: 'result', lasts },
    masks: collectMasks(sets, resultParts.length),
  };
}

/** The results that no rule wants are not asked of a table. */
function getWantedMasks({ masks }: ValueTable): readonly bigint[] {
  return masks.filter((mask) => mask !== 0n);
}

/** Builds the tables of values, the cheapest to tell first. */
export function buildValueTables(
  lanes: readonly Lane[],
  { classes }: TrackedValues,
): readonly ValueTable[] {
  const all = (1n << BigInt(lanes.length)) - 1n;
  const results = buildResultTable(lanes);
  const tables = classes.map((own, index): ValueTable => {
    const sets = lanes.map(({ box }) => box.values[index] ?? 0n);
    return { classes: own, masks: collectMasks(sets, countClasses(own)) };
  });
  return [
    ...(getWantedMasks(results).some((mask) => mask !== all) ? [results] : []),
    ...tables.filter(({ masks }) => masks.some((mask) => mask !== all)),
  ];
}
