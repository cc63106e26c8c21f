// SPDX-License-Identifier: Apache-2.0
// Classes of the values of an integer, as one table of the kernel tells them apart, and the classes
// for which a predicate may hold. A set of classes is a bigint: bit n stands for class n.

import type { FilteredField, ValueClasses } from '@fimbul/schema';
import { makeAbstract } from './abstract-integer.ts';
import {
  type Allowed,
  decide,
  getMask,
  type IntegerPredicate,
  type ReadField,
} from './integer-predicates.ts';

const largest = 0xffff_ffff;

export function countClasses(classes: ValueClasses): number {
  return classes.kind === 'bits' ? 2 ** classes.bits.length : classes.lasts.length + 1;
}

/** The class of a value, a number of 32 bits without a sign. */
export function findClass(classes: ValueClasses, value: number): number {
  if (classes.kind === 'bounds') return classes.lasts.filter((last) => value > last).length;
  return classes.bits.reduce((index, bit, at) => index | (((value >>> bit) & 1) << at), 0);
}

/** Numbers, one of each kind that tables tell apart; null where there would be more than this. */
export function listSamples(
  tables: readonly ValueClasses[],
  limit: number,
): readonly number[] | null {
  const bits = new Set<number>();
  const bounds = new Set<number>([0]);
  for (const classes of tables) {
    if (classes.kind === 'bits') for (const bit of classes.bits) bits.add(bit);
    else for (const last of classes.lasts) bounds.add(last).add(Math.min(last + 1, largest));
  }
  if (bounds.size * 2 ** bits.size > limit) return null;
  let samples: number[] = [...bounds];
  for (const bit of bits)
    samples = samples.flatMap((number) => [number, (number ^ (1 << bit)) >>> 0]);
  return samples;
}

/** The classes for which a predicate (or its negation) may hold. */
export function allowClasses(input: {
  readonly predicate: IntegerPredicate;
  readonly negated: boolean;
  readonly read: ReadField;
  readonly classes: ValueClasses;
}): Allowed<bigint> {
  const { classes } = input;
  return classes.kind === 'bits'
    ? allowBits(input, classes.bits)
    : allowBounds(input, classes.lasts);
}

type Question = Omit<Parameters<typeof allowClasses>[0], 'classes'>;

function allowBits({ predicate, negated, read }: Question, bits: readonly number[]) {
  const mask = getMask(predicate, read);
  const relevant = bits
    .map((bit, index) => ({ bit, index }))
    .filter(({ bit }) => (mask >> BigInt(bit)) & 1n);
  const [min, max] = read.field.range;
  let exact = true;
  const verdicts: boolean[] = [];
  for (let combination = 0; combination < 2 ** relevant.length; combination++) {
    let ones = 0n;
    let zeros = 0n;
    relevant.forEach(({ bit }, at) => {
      if ((combination >> at) & 1) ones |= 1n << BigInt(bit);
      else zeros |= 1n << BigInt(bit);
    });
    const known = makeAbstract(ones, zeros, { min, max });
    const verdict = decide(predicate, new Map([[read.field, known]]));
    if (verdict === null) exact = false;
    verdicts.push(verdict === null || verdict !== negated);
  }
  return { set: spread(verdicts, relevant, bits.length), exact };
}

/** From the combinations of the relevant bits to those of all bits of the table. */
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

function allowBounds({ predicate, negated, read }: Question, lasts: readonly number[]) {
  let set = 0n;
  let exact = true;
  let first = 0;
  [...lasts, largest].forEach((last, index) => {
    const known = makeAbstract(0n, 0n, { min: BigInt(first), max: BigInt(last) });
    const verdict = decide(predicate, new Map([[read.field, known]]));
    if (verdict === null) exact = false;
    if (verdict === null || verdict !== negated) set |= 1n << BigInt(index);
    first = last + 1;
  });
  return { set, exact };
}

/** The classes of a flag, alone or in a table of bits, for which it is set or is not. */
export function allowFlag(
  { mask }: FilteredField,
  isSet: boolean,
  classes: ValueClasses,
): Allowed<bigint> {
  const count = countClasses(classes);
  const all = (1n << BigInt(count)) - 1n;
  if (classes.kind === 'bounds') return { set: all, exact: false };
  const index = classes.bits.findIndex((bit) => 1n << BigInt(bit) === mask);
  if (index < 0) return { set: all, exact: false };
  let set = 0n;
  for (let combination = 0; combination < count; combination++) {
    if (((combination >> index) & 1) === (isSet ? 1 : 0)) set |= 1n << BigInt(combination);
  }
  return { set, exact: true };
}
