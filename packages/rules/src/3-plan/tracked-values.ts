// SPDX-License-Identifier: Apache-2.0
// Which values of an operation the kernel gets tables for, and what these tell apart: what most
// predicates of the operation's rules ask. A predicate that found no room rules nothing out.

import {
  bitValues,
  type FilterValue,
  filterTablesPerValueMax,
  filterValueBitsMax,
  filterValueBoundsMax,
  findFilteredField,
  type ValueClasses,
} from '@fimbul/schema';
import type { BoolNode, Predicate } from '../2-check/typed.ts';
import { type Box, makeFullBox } from './box.ts';
import {
  getMask,
  isIntegerPredicate,
  listLiteralNumbers,
  listReadFields,
  type ReadField,
} from './integer-predicates.ts';
import { findLineageField, LineageAtoms } from './lineage-atoms.ts';
import type { Literal } from './literals.ts';
import { isNumbered, listToldNumbers } from './numbered-texts.ts';
import { countClasses } from './value-classes.ts';

/** What is asked of ancestors. */
export const lineageValues: ReadonlySet<FilterValue> = new Set(['lineage_may', 'lineage_must']);

export type TrackedValues = {
  /** Classes of the same value are next to each other. */
  readonly classes: readonly ValueClasses[];
  /** The box that rules nothing out. */
  readonly full: Box;
  /** Questions about ancestors, of all rules. */
  readonly lineage: LineageAtoms;
};

/** How often something is asked. */
type Counts<Key> = Map<Key, number>;

function add<Key>(counts: Counts<Key>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function sortByCount<Key extends bigint | number>(counts: Counts<Key>): Key[] {
  return [...counts]
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
    .map(([key]) => key);
}

const accessModeBits = 0x3n;

/**
 * Bits that are worth tracking for a predicate: those under masks; where a field is compared as a
 * whole, those of the literals and, of flags, the access mode, in which most flags differ.
 */
function getWantedBits(predicate: Parameters<typeof getMask>[0], read: ReadField): bigint {
  const { value, mask } = read.filtered;
  const bits = getMask(predicate, read);
  if (bits !== mask) return bits;
  const start = value === 'flags' ? accessModeBits : 0n;
  return listLiteralNumbers(predicate).reduce(
    (sum, literal) => sum | (literal < 0n ? 0n : literal & mask),
    start,
  );
}

function listBits(mask: bigint): number[] {
  const bits: number[] = [];
  for (let bit = 0; bit < 32; bit++) if ((mask >> BigInt(bit)) & 1n) bits.push(bit);
  return bits;
}

/** Of too many bits, those that most predicates depend on. */
function keepBits(mask: bigint, wanted: Counts<bigint>): bigint {
  const bits = listBits(mask);
  if (bits.length <= filterValueBitsMax) return mask;
  const counts: Counts<number> = new Map();
  for (const [other, count] of wanted) {
    for (const bit of bits) {
      if ((other >> BigInt(bit)) & 1n) counts.set(bit, (counts.get(bit) ?? 0) + count);
    }
  }
  return sortByCount(counts)
    .slice(0, filterValueBitsMax)
    .reduce((kept, bit) => kept | (1n << BigInt(bit)), 0n);
}

/** Spreads bits over tables so that those of one predicate are together. */
function chooseBits(value: FilterValue, wanted: Counts<bigint>): ValueClasses[] {
  const tables: bigint[] = [];
  for (const whole of sortByCount(wanted)) {
    const mask = keepBits(whole, wanted);
    if (mask === 0n || tables.some((table) => (table & mask) === mask)) continue;
    const room = tables.findIndex((table) => listBits(table | mask).length <= filterValueBitsMax);
    if (room >= 0) tables[room] = (tables[room] ?? 0n) | mask;
    else if (tables.length < filterTablesPerValueMax) tables.push(mask);
  }
  return tables.map((table) => ({ kind: 'bits', value, bits: listBits(table) }));
}

const largest = 0xffff_ffffn;

/** Each number is a class of its own, what lies between them as well. */
function chooseBounds(value: FilterValue, numbers: Counts<bigint>): ValueClasses[] {
  const lasts = new Set<number>();
  for (const number of sortByCount(numbers)) {
    const own = [number - 1n, number]
      .filter((last) => last >= 0n && last < largest)
      .map(Number)
      .filter((last) => !lasts.has(last));
    if (lasts.size + own.length > filterValueBoundsMax) continue;
    for (const last of own) lasts.add(last);
  }
  if (lasts.size === 0) return [];
  return [{ kind: 'bounds', value, lasts: [...lasts].sort((left, right) => left - right) }];
}

/** Adds what a predicate asks of values: bits of some, numbers of others. */
function addPredicate(wanted: Map<FilterValue, Counts<bigint>>, predicate: Predicate): void {
  if (predicate.kind === 'bool-value') {
    const { source } = predicate;
    const filtered = source.from === 'field' ? findFilteredField(source.field.name) : null;
    if (filtered) add(countsOf(wanted, filtered.value), filtered.mask);
    return;
  }
  if (predicate.kind === 'string-match') addNumbered(wanted, predicate);
  if (!isIntegerPredicate(predicate)) return;
  for (const read of listReadFields(predicate)) {
    const { value } = read.filtered;
    if (value === 'result') continue;
    const counts = countsOf(wanted, value);
    if (bitValues.has(value)) add(counts, getWantedBits(predicate, read));
    else for (const number of listLiteralNumbers(predicate)) add(counts, number);
  }
}

function addNumbered(
  wanted: Map<FilterValue, Counts<bigint>>,
  predicate: Extract<Predicate, { readonly kind: 'string-match' }>,
): void {
  const { subject } = predicate;
  const source = subject.kind === 'string-value' ? subject.source : null;
  const filtered = source?.from === 'field' ? findFilteredField(source.field.name) : null;
  if (!isNumbered(filtered)) return;
  const counts = countsOf(wanted, filtered.value);
  if (bitValues.has(filtered.value)) add(counts, filtered.mask);
  else for (const number of listToldNumbers(predicate, filtered)) add(counts, number);
}

function countsOf(wanted: Map<FilterValue, Counts<bigint>>, value: FilterValue): Counts<bigint> {
  const counts = wanted.get(value) ?? new Map<bigint, number>();
  wanted.set(value, counts);
  return counts;
}

/** What holds of an ancestor may be known, that it holds of none only by what is certain. */
function addLineage(
  wanted: Map<FilterValue, Counts<bigint>>,
  { predicate, negated }: Literal,
  lineage: LineageAtoms,
): void {
  for (const question of listLineageQuestions(predicate)) {
    const atom = lineage.find(question);
    if (atom === null) continue;
    add(countsOf(wanted, negated ? 'lineage_must' : 'lineage_may'), 1n << BigInt(atom));
  }
}

/** The predicates about programs of ancestors in a condition. */
export function listLineageQuestions(node: BoolNode): Predicate[] {
  switch (node.kind) {
    case 'string-match':
      return findLineageField(node) === null ? [] : [node];
    case 'not':
      return listLineageQuestions(node.operand);
    case 'and':
    case 'or':
      return node.operands.flatMap(listLineageQuestions);
    case 'any':
    case 'exists':
      return listLineageQuestions(node.condition);
    default:
      return [];
  }
}

/** Chooses the values to track for the predicates of an operation's rules. */
export function trackValues(literals: readonly Literal[], lineage: LineageAtoms): TrackedValues {
  const wanted = new Map<FilterValue, Counts<bigint>>();
  for (const literal of literals) {
    addPredicate(wanted, literal.predicate);
    addLineage(wanted, literal, lineage);
  }
  const classes = [...wanted].flatMap(([value, counts]) =>
    bitValues.has(value) ? chooseBits(value, counts) : chooseBounds(value, counts),
  );
  return { classes, full: makeFullBox(classes.map(countClasses)), lineage };
}

/** Of process events nothing is filtered. */
export const noTrackedValues: TrackedValues = trackValues([], new LineageAtoms([]));
