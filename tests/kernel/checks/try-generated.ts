// SPDX-License-Identifier: Apache-2.0
// Generated filters on generated work, until the filters have dropped something.

import fc from 'fast-check';

/** Events of all runs. */
export type DropCounts = { seen: number; dropped: number };

const roundsMax = 8;

/** Returns what is wrong, with the seed. Few runs may all let everything pass: more are made. */
export function tryGenerated<Run>(
  property: fc.IProperty<Run>,
  numRuns: number,
  counts: DropCounts,
): readonly string[] {
  for (let round = 0; round < roundsMax; round += 1) {
    const details = fc.check(property, { numRuns, endOnFailure: true });
    if (details.failed) {
      const { seed, counterexamplePath, errorInstance } = details;
      return [`seed ${seed}, path ${counterexamplePath}: ${errorInstance}`];
    }
    if (counts.dropped > 0) {
      console.log(`note                ${JSON.stringify(counts)}`);
      return [];
    }
  }
  return [`no event of ${counts.seen} was dropped: nothing was tested`];
}
