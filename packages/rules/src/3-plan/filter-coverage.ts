// SPDX-License-Identifier: Apache-2.0
// Whether one kernel filter lets through all that another does: what a recording made with the one
// is worth for rules planned as the other. Exact, on what the filters tell apart; where that is too
// much to look at, the answer is the careful one.

import { filterNameBytesMax, type NameTable, type OperationFilter } from '@fimbul/schema';

/** `none`: not one event of the operation was let through. */
export type FilterCoverage = 'whole' | 'part' | 'none';

/** Combinations looked at. Beyond: `part`, which is a warning too many but never one too few. */
const combinationsMax = 1 << 20;

/** Lanes that are left of both filters for values that they cannot tell apart. */
type LanePair = { readonly wanted: bigint; readonly given: bigint };

function addPair(pairs: Map<string, LanePair>, wanted: bigint, given: bigint): void {
  // What the wanted filter drops need not be there.
  if (wanted !== 0n) pairs.set(`${wanted}:${given}`, { wanted, given });
}

function pairNames(wanted: NameTable | null, given: NameTable | null): LanePair[] {
  const pairs = new Map<string, LanePair>();
  const all = -1n;
  const find = (table: NameTable | null, name: string): bigint =>
    table === null ? all : (table.names.get(name) ?? table.otherNames);
  const names = new Set([...(wanted?.names.keys() ?? []), ...(given?.names.keys() ?? [])]);
  for (const name of names) {
    if (name.length <= filterNameBytesMax) addPair(pairs, find(wanted, name), find(given, name));
  }
  addPair(pairs, wanted?.otherNames ?? all, given?.otherNames ?? all);
  addPair(pairs, wanted?.longNames ?? all, given?.longNames ?? all);
  // A name that the kernel does not know clears nothing.
  addPair(pairs, all, all);
  return [...pairs.values()];
}

/** Null where there are too many flags to look at. */
function pairFlags(wanted: OperationFilter, given: OperationFilter): LanePair[] | null {
  const bits = [...new Set([...wanted.flags.bits, ...given.flags.bits])];
  if (2 ** bits.length > combinationsMax) return null;
  const positions = bits.map((bit) => [
    wanted.flags.bits.indexOf(bit),
    given.flags.bits.indexOf(bit),
  ]);
  const pairs = new Map<string, LanePair>();
  for (let combination = 0; combination < 2 ** bits.length; combination += 1) {
    let wantedIndex = 0;
    let givenIndex = 0;
    positions.forEach(([inWanted = -1, inGiven = -1], position) => {
      if (((combination >>> position) & 1) === 0) return;
      if (inWanted >= 0) wantedIndex |= 1 << inWanted;
      if (inGiven >= 0) givenIndex |= 1 << inGiven;
    });
    addPair(
      pairs,
      wanted.flags.masks[wantedIndex] ?? wanted.lanes,
      given.flags.masks[givenIndex] ?? given.lanes,
    );
  }
  return [...pairs.values()];
}

/** Combines values of two tables; null where there are too many. */
function combine(left: readonly LanePair[], right: readonly LanePair[]): LanePair[] | null {
  if (left.length * right.length > combinationsMax) return null;
  const pairs = new Map<string, LanePair>();
  for (const a of left) {
    for (const b of right) addPair(pairs, a.wanted & b.wanted, a.given & b.given);
  }
  return [...pairs.values()];
}

/** Says how much of what `wanted` lets through `given` lets through as well. */
export function compareFilters(
  wanted: OperationFilter,
  given: OperationFilter | undefined,
): FilterCoverage {
  if (wanted.lanes === 0n) return 'whole';
  if (given === undefined || given.lanes === 0n) return 'none';
  if (wanted.failures === 'all' && given.failures !== 'all') return 'part';
  const flags = pairFlags(wanted, given);
  if (flags === null) return 'part';
  const start = [{ wanted: wanted.lanes, given: given.lanes }];
  const tables = [
    flags,
    pairNames(wanted.source, given.source),
    pairNames(wanted.destination, given.destination),
  ];
  const pairs = tables.reduce<LanePair[] | null>(
    (left, right) => (left === null ? null : combine(left, right)),
    start,
  );
  if (pairs === null) return 'part';
  return pairs.every(({ given: lanes }) => lanes !== 0n) ? 'whole' : 'part';
}
