// SPDX-License-Identifier: Apache-2.0
// Texts that the kernel knows by a number: the type of a filesystem, whether there is a container.
// What a predicate says of a number, it says of all texts that share it.

import { type FilteredField, filesystemTypes, type ValueClasses } from '@fimbul/schema';
import { matchesGlob, matchesPattern } from '../2-check/glob.ts';
import type { Predicate, StringMatcher } from '../2-check/typed.ts';
import type { Allowed } from './integer-predicates.ts';
import { findClass } from './value-classes.ts';

export type NumberedField = FilteredField & { readonly ofText: (text: string) => number };

type StringMatch = Extract<Predicate, { readonly kind: 'string-match' }>;

export function isNumbered(field: FilteredField | null): field is NumberedField {
  return field?.ofText !== undefined;
}

/** Null where that is not known here, as of regular expressions. */
function matchesText(matcher: StringMatcher, text: string): boolean | null {
  switch (matcher.kind) {
    case 'exact':
      return matcher.value === text;
    case 'pattern':
      return matchesPattern(matcher.pattern, text);
    case 'glob':
      return matchesGlob(matcher.glob, text);
    case 'regexp':
      return null;
  }
}

function matchesAny(matchers: readonly StringMatcher[], text: string): boolean | null {
  const verdicts = matchers.map((matcher) => matchesText(matcher, text));
  return verdicts.includes(true) ? true : verdicts.includes(null) ? null : false;
}

/** Texts that have their number for themselves, and numbers that many share. */
type Numbering = {
  readonly alone: readonly string[];
  readonly shared: readonly number[];
};

function listNumbers({ value }: NumberedField): Numbering {
  return value === 'contained'
    ? { alone: [''], shared: [1] }
    : { alone: filesystemTypes, shared: [0] };
}

/** Of texts that share a number, a predicate holds of none for certain where it lists others. */
function decideShared(
  { matchers }: StringMatch,
  number: number,
  { ofText }: NumberedField,
): boolean | null {
  const isOther = (matcher: StringMatcher): boolean =>
    matcher.kind === 'exact' && ofText(matcher.value) !== number;
  return matchers.every(isOther) ? false : null;
}

function listVerdicts(
  predicate: StringMatch,
  field: NumberedField,
): readonly (readonly [number: number, verdict: boolean | null])[] {
  const { alone, shared } = listNumbers(field);
  return [
    ...alone.map((text) => [field.ofText(text), matchesAny(predicate.matchers, text)] as const),
    ...shared.map((number) => [number, decideShared(predicate, number, field)] as const),
  ];
}

/** The numbers for which a predicate (or its negation) may hold, as classes of a table. */
export function allowNumbered(
  predicate: StringMatch,
  negated: boolean,
  field: NumberedField,
  classes: ValueClasses,
): Allowed<bigint> {
  const verdicts = new Map<number, Set<boolean | null>>();
  for (const [number, verdict] of listVerdicts(predicate, field)) {
    const index = findClass(classes, number);
    verdicts.set(index, (verdicts.get(index) ?? new Set()).add(verdict));
  }
  let set = 0n;
  let exact = true;
  for (const [index, own] of verdicts) {
    if (own.size > 1 || own.has(null)) exact = false;
    if (own.has(null) || own.has(!negated)) set |= 1n << BigInt(index);
  }
  return { set, exact };
}

/** The numbers that a predicate tells from most others. */
export function listToldNumbers(predicate: StringMatch, field: NumberedField): readonly bigint[] {
  const verdicts = listVerdicts(predicate, field);
  const holding = verdicts.filter(([, verdict]) => verdict !== false);
  const told =
    holding.length * 2 > verdicts.length
      ? verdicts.filter(([, verdict]) => verdict !== true)
      : holding;
  return told.map(([number]) => BigInt(number));
}
