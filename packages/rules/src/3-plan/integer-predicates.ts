// SPDX-License-Identifier: Apache-2.0
// Which integer predicates the kernel can decide: those over open's flags, for each combination of
// the flag bits it tracks, and those over an operation's result, for each class of results.

import { type FieldSpec, filterFlagBitsMax } from '@fimbul/schema';
import type { IntegerNode, Interval, Predicate } from '../2-check/typed.ts';
import {
  compareAbstract,
  containsAbstract,
  evaluateAbstract,
  type Knowledge,
  makeAbstract,
} from './abstract-integer.ts';
import { resultClasses } from './box.ts';

export type IntegerPredicate = Extract<Predicate, { readonly kind: 'order' | 'one-of' }>;

export function isIntegerPredicate(predicate: Predicate): predicate is IntegerPredicate {
  return predicate.kind === 'order' || predicate.kind === 'one-of';
}

function getSides(predicate: IntegerPredicate): readonly IntegerNode[] {
  return predicate.kind === 'order' ? [predicate.left, predicate.right] : [predicate.subject];
}

function* walk(node: IntegerNode): Generator<IntegerNode> {
  yield node;
  if (node.kind === 'integer-operation') {
    yield* walk(node.left);
    yield* walk(node.right);
  }
}

function getOwnField(node: IntegerNode): FieldSpec | null {
  return node.kind === 'integer-value' && node.source.from === 'field' ? node.source.field : null;
}

/** Finds the field with this kind of filter that a predicate reads. */
export function findFilterField(
  predicate: IntegerPredicate,
  filter: FieldSpec['filter'],
): FieldSpec | null {
  for (const side of getSides(predicate)) {
    for (const node of walk(side)) {
      const field = getOwnField(node);
      if (field?.filter === filter) return field;
    }
  }
  return null;
}

function hasFilterField(node: IntegerNode): boolean {
  if (node.kind === 'integer-operation') {
    return hasFilterField(node.left) || hasFilterField(node.right);
  }
  const filter = getOwnField(node)?.filter;
  return filter === 'flags' || filter === 'result';
}

/** True when a predicate reads a field that the kernel knows something of. */
export function readsFilterField(predicate: IntegerPredicate): boolean {
  return getSides(predicate).some(hasFilterField);
}

function decide(predicate: IntegerPredicate, knowledge: Knowledge): boolean | null {
  if (predicate.kind === 'one-of') {
    return containsAbstract(predicate.values, evaluateAbstract(predicate.subject, knowledge));
  }
  const left = evaluateAbstract(predicate.left, knowledge);
  return compareAbstract(predicate.operator, left, evaluateAbstract(predicate.right, knowledge));
}

const flagsMask = 0xffffffffn;

/** Bits of the flags on which the value of a node depends; all where it is not under a mask. */
function getMask(node: IntegerNode): bigint {
  if (node.kind !== 'integer-operation') {
    return getOwnField(node)?.filter === 'flags' ? flagsMask : 0n;
  }
  const { left, right } = node;
  const own = getMask(left) | getMask(right);
  if (node.operator !== '&') return own;
  if (left.kind === 'integer') return own & BigInt.asUintN(64, left.value);
  return right.kind === 'integer' ? own & BigInt.asUintN(64, right.value) : own;
}

const accessModeBits = 0x3n;

/**
 * Bits that are worth tracking for a predicate: those under masks; where whole flags are compared,
 * those of the literals and the access mode, in which most flags differ.
 */
export function getFlagBits(predicate: IntegerPredicate): bigint {
  const mask = getSides(predicate).reduce((bits, side) => bits | getMask(side), 0n);
  if (mask !== flagsMask) return mask;
  const literals =
    predicate.kind === 'one-of'
      ? predicate.values
      : getSides(predicate).flatMap((side) =>
          [...walk(side)].map((node) => (node.kind === 'integer' ? node.value : 0n)),
        );
  return literals.reduce(
    (bits, value) => bits | (value < 0n ? 0n : value & flagsMask),
    accessModeBits,
  );
}

/** Chooses the bits to track: those that most predicates depend on. */
export function chooseFlagBits(predicates: readonly IntegerPredicate[]): readonly number[] {
  const counts = new Map<number, number>();
  for (const predicate of predicates) {
    const bits = getFlagBits(predicate);
    for (let bit = 0; bit < 32; bit++) {
      if ((bits >> BigInt(bit)) & 1n) counts.set(bit, (counts.get(bit) ?? 0) + 1);
    }
  }
  return [...counts]
    .sort(([bitA, countA], [bitB, countB]) => countB - countA || bitA - bitB)
    .slice(0, filterFlagBitsMax)
    .map(([bit]) => bit)
    .sort((left, right) => left - right);
}

export type Allowed<Set> = {
  readonly set: Set;
  /** True when the table alone decides the predicate. */
  readonly exact: boolean;
};

/** The combinations of tracked bits for which a predicate (or its negation) may hold. */
export function allowFlags(
  predicate: IntegerPredicate,
  negated: boolean,
  field: FieldSpec,
  bits: readonly number[],
): Allowed<bigint> {
  const mask = getSides(predicate).reduce((sum, side) => sum | getMask(side), 0n);
  const relevant = bits
    .map((bit, index) => ({ bit, index }))
    .filter(({ bit }) => (mask >> BigInt(bit)) & 1n);
  const [min, max] = field.range;
  let exact = true;
  const verdicts: boolean[] = [];
  for (let combination = 0; combination < 2 ** relevant.length; combination++) {
    let ones = 0n;
    let zeros = 0n;
    relevant.forEach(({ bit }, at) => {
      if ((combination >> at) & 1) ones |= 1n << BigInt(bit);
      else zeros |= 1n << BigInt(bit);
    });
    const verdict = decide(predicate, new Map([[field, makeAbstract(ones, zeros, { min, max })]]));
    if (verdict === null) exact = false;
    verdicts.push(verdict === null || verdict !== negated);
  }
  return { set: spread(verdicts, relevant, bits.length), exact };
}

/** From the combinations of the relevant bits to those of all tracked bits. */
function spread(
  verdicts: readonly boolean[],
  relevant: readonly { readonly index: number }[],
  bitCount: number,
): bigint {
  let digits = '';
  for (let combination = 2 ** bitCount - 1; combination >= 0; combination--) {
    let at = 0;
    relevant.forEach(({ index }, position) => {
      at |= ((combination >> index) & 1) << position;
    });
    digits += verdicts[at] ? '1' : '0';
  }
  return BigInt(`0b${digits}`);
}

/** The parts of each class of results, as intervals without gaps. */
function getResultParts([min, max]: readonly [bigint, bigint]): readonly [number, Interval][] {
  return [
    [resultClasses.success, { min: 0n, max }],
    [resultClasses.permission, { min: -1n, max: -1n }],
    [resultClasses.permission, { min: -13n, max: -13n }],
    [resultClasses.other, { min: -12n, max: -2n }],
    [resultClasses.other, { min, max: -14n }],
  ];
}

/** The classes of results for which a predicate (or its negation) may hold. */
export function allowResults(
  predicate: IntegerPredicate,
  negated: boolean,
  field: FieldSpec,
): Allowed<number> {
  let set = 0;
  let exact = true;
  for (const [resultClass, interval] of getResultParts(field.range)) {
    const verdict = decide(predicate, new Map([[field, makeAbstract(0n, 0n, interval)]]));
    if (verdict === null) exact = false;
    if (verdict === null || verdict !== negated) set |= resultClass;
  }
  return { set, exact };
}
