// SPDX-License-Identifier: Apache-2.0
// Who does it tells the least of most events: where there is no room for everything, it goes first.

import type { Box } from './box.ts';
import { allPaths } from './path-formula.ts';
import { lineageValues, type TrackedValues } from './tracked-values.ts';
import { replaceSet } from './value-sets.ts';

/** The same box for any process. */
export function forgetProcess(box: Box, { classes, full }: TrackedValues): Box {
  let { values } = box;
  classes.forEach(({ value }, table) => {
    const whole = full.values[table];
    if (lineageValues.has(value) && whole !== undefined) {
      values = replaceSet(values, table, whole);
    }
  });
  return box.program === allPaths && values === box.values
    ? box
    : { ...box, program: allPaths, values };
}
