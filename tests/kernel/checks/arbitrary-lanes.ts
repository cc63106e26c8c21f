// SPDX-License-Identifier: Apache-2.0
// Generated masks of lanes.

import fc from 'fast-check';

export const allLanes = 0xffff_ffff_ffff_ffffn;

/** Mostly such that two of them have some lanes in common, and differ. */
export const arbitraryLanes = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(0n, 1n, allLanes) },
  { weight: 3, arbitrary: fc.noBias(fc.bigInt({ min: 0n, max: allLanes })) },
);
