// SPDX-License-Identifier: Apache-2.0
// Whether one kernel filter lets through all that another does: what a recording made with the one
// is worth for rules planned as the other. Exact, on what the filters tell apart; where that is too
// much to look at, the answer is the careful one.

import {
  type FilterValue,
  filterNameBytesMax,
  type NameTable,
  type OperationFilter,
} from '@fimbul/schema';
import { isResultSent } from './filter-model.ts';
import { lineageValues } from './tracked-values.ts';
import { findClass, listSamples } from './value-classes.ts';

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

function listValues(...filters: readonly OperationFilter[]): readonly FilterValue[] {
  const values = filters.flatMap((filter) => filter.values.map(({ classes }) => classes.value));
  return [...new Set(values)].filter((value) => !lineageValues.has(value));
}

/** Lanes that the tables of a value leave for a number. */
function lookUp({ values, lanes }: OperationFilter, value: FilterValue, number: number): bigint {
  return values
    .filter(({ classes }) => classes.value === value)
    .reduce((left, { classes, masks }) => left & (masks[findClass(classes, number)] ?? lanes), -1n);
}

/** Null where there are too many numbers to look at. */
function pairValues(
  value: FilterValue,
  wanted: OperationFilter,
  given: OperationFilter,
): LanePair[] | null {
  const tables = [...wanted.values, ...given.values].map(({ classes }) => classes);
  const own = tables.filter((classes) => classes.value === value);
  const samples = listSamples(own, combinationsMax);
  if (samples === null) return null;
  const pairs = new Map<string, LanePair>();
  for (const number of samples) {
    const isSent = value !== 'result' || isResultSent(wanted, BigInt.asIntN(32, BigInt(number)));
    if (isSent) addPair(pairs, lookUp(wanted, value, number), lookUp(given, value, number));
  }
  // What the kernel does not know clears nothing; it always knows the result.
  if (value !== 'result') addPair(pairs, -1n, -1n);
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

/**
 * Says how much of what `wanted` lets through `given` lets through as well. What paths or processes
 * rule out is not compared: where `given` looks at them, that is a part.
 */
export function compareFilters(
  wanted: OperationFilter,
  given: OperationFilter | undefined,
): FilterCoverage {
  if (wanted.lanes === 0n) return 'whole';
  if (given === undefined || given.lanes === 0n) return 'none';
  if (wanted.failures === 'all' && given.failures !== 'all') return 'part';
  const values = listValues(wanted, given).map((value) => pairValues(value, wanted, given));
  const start = [{ wanted: wanted.lanes, given: given.lanes }];
  const tables = [
    ...values,
    pairNames(wanted.source, given.source),
    pairNames(wanted.destination, given.destination),
  ];
  const pairs = tables.reduce<LanePair[] | null>(
    (left, right) => (left === null || right === null ? null : combine(left, right)),
    start,
  );
  if (pairs === null) return 'part';
  const any = given.anySourcePath & given.anyDestinationPath & given.anyProcess;
  const passes = (lanes: bigint): boolean => (lanes & any) !== 0n;
  return pairs.every(({ given: lanes }) => passes(lanes)) ? 'whole' : 'part';
}
