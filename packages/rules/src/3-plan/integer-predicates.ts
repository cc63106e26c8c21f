// SPDX-License-Identifier: Apache-2.0
// What integer predicates say of values that the kernel sees: on which bits of one they depend,
// with which numbers they compare, and whether they hold where only a part of a field is known.

import { type FieldSpec, type FilteredField, findFilteredField } from '@fimbul/schema';
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

/** A field that a predicate reads, and the value of the kernel's that it is of. */
export type ReadField = { readonly field: FieldSpec; readonly filtered: FilteredField };

/** The fields of a predicate that are of values the kernel may see, each once. */
export function listReadFields(predicate: IntegerPredicate): readonly ReadField[] {
  const found = new Map<FieldSpec, ReadField>();
  for (const side of getSides(predicate)) {
    for (const node of walk(side)) {
      const field = getOwnField(node);
      const filtered = field && findFilteredField(field.name);
      if (field && filtered) found.set(field, { field, filtered });
    }
  }
  return [...found.values()];
}

/** True when a predicate reads a field that the kernel may know something of. */
export function readsFilteredField(predicate: IntegerPredicate): boolean {
  return getSides(predicate).some(hasFilteredField);
}

function hasFilteredField(node: IntegerNode): boolean {
  if (node.kind === 'integer-operation') {
    return hasFilteredField(node.left) || hasFilteredField(node.right);
  }
  const field = getOwnField(node);
  return field !== null && findFilteredField(field.name) !== null;
}

/** Whether a predicate holds where this is known; null when that is not enough. */
export function decide(predicate: IntegerPredicate, knowledge: Knowledge): boolean | null {
  if (predicate.kind === 'one-of') {
    return containsAbstract(predicate.values, evaluateAbstract(predicate.subject, knowledge));
  }
  const left = evaluateAbstract(predicate.left, knowledge);
  return compareAbstract(predicate.operator, left, evaluateAbstract(predicate.right, knowledge));
}

/** Bits of a field on which the value of a node depends; all where it is not under a mask. */
function getNodeMask(node: IntegerNode, { field, filtered }: ReadField): bigint {
  if (node.kind !== 'integer-operation') return getOwnField(node) === field ? filtered.mask : 0n;
  const { left, right } = node;
  const own = getNodeMask(left, { field, filtered }) | getNodeMask(right, { field, filtered });
  if (node.operator !== '&') return own;
  if (left.kind === 'integer') return own & BigInt.asUintN(64, left.value);
  return right.kind === 'integer' ? own & BigInt.asUintN(64, right.value) : own;
}

/** Bits of a field on which a predicate depends. */
export function getMask(predicate: IntegerPredicate, read: ReadField): bigint {
  return getSides(predicate).reduce((bits, side) => bits | getNodeMask(side, read), 0n);
}

/** The numbers that are written in a predicate. */
export function listLiteralNumbers(predicate: IntegerPredicate): readonly bigint[] {
  const written = getSides(predicate).flatMap((side) =>
    [...walk(side)].flatMap((node) => (node.kind === 'integer' ? [node.value] : [])),
  );
  return predicate.kind === 'one-of' ? [...written, ...predicate.values] : written;
}

export type Allowed<Set> = {
  readonly set: Set;
  /** True when the table alone decides the predicate. */
  readonly exact: boolean;
};

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
