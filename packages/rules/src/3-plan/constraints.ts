// SPDX-License-Identifier: Apache-2.0
// What one predicate, or its negation, tells the kernel: a box and how much of the predicate it
// decides. What is not certain stays allowed: a pattern allows every name, and the negation of
// "the path is /etc/passwd" still allows the name passwd.

import type { FieldSpec } from '@fimbul/schema';
import { getGlobName } from '../2-check/glob.ts';
import type { Predicate, StringMatcher, StringNode } from '../2-check/typed.ts';
import { type Box, makeFullBox } from './box.ts';
import {
  allowFlags,
  allowResults,
  findFilterField,
  type IntegerPredicate,
  isIntegerPredicate,
  readsFilterField,
} from './integer-predicates.ts';
import {
  allNames,
  isAllNames,
  isLongName,
  makeExcept,
  makeOnly,
  type NameSet,
} from './name-set.ts';
import { getPredicateKey } from './predicate-key.ts';

export type FilterTable = 'source name' | 'destination name' | 'flags' | 'result';

/** Why user space has to look at a predicate, or at the rest of it. */
export type Remainder =
  | 'none'
  | 'field'
  | 'pattern'
  | 'directory'
  | 'long-name'
  | 'negated-path'
  | 'untracked-bits'
  | 'computed';

export type Constraint = {
  readonly box: Box;
  readonly table: FilterTable | null;
  readonly remainder: Remainder;
};

type StringMatch = Extract<Predicate, { readonly kind: 'string-match' }>;

/** Constraints that were worked out for one choice of flag bits, by what they are about. */
type Known = {
  readonly integers: Map<string, Constraint>;
  readonly strings: WeakMap<readonly StringMatcher[], Map<string, Constraint>>;
};

const knownByBits = new WeakMap<readonly number[], Known>();

function getKnown(flagBits: readonly number[]): Known {
  let known = knownByBits.get(flagBits);
  if (known === undefined) {
    known = { integers: new Map(), strings: new WeakMap() };
    knownByBits.set(flagBits, known);
  }
  return known;
}

function once(known: Map<string, Constraint>, key: string, make: () => Constraint): Constraint {
  let constraint = known.get(key);
  if (constraint === undefined) {
    constraint = make();
    known.set(key, constraint);
  }
  return constraint;
}

/** Returns what a predicate allows; the same object for the same question. */
export function constrain(
  predicate: Predicate,
  negated: boolean,
  flagBits: readonly number[],
): Constraint {
  const known = getKnown(flagBits);
  const full = makeFullBox(flagBits.length);
  if (isIntegerPredicate(predicate)) {
    if (!readsFilterField(predicate)) return { box: full, table: null, remainder: 'field' };
    const make = () => constrainInteger({ predicate, negated, flagBits, full });
    const key = getPredicateKey(predicate);
    return key === null ? make() : once(known.integers, `${negated} ${key}`, make);
  }
  if (predicate.kind === 'string-match') {
    const field = getOwnField(predicate.subject);
    if (field?.filter === 'name' || field?.filter === 'path') {
      const lists = known.strings.get(predicate.matchers) ?? new Map<string, Constraint>();
      known.strings.set(predicate.matchers, lists);
      return once(lists, `${negated} ${field.name}`, () =>
        constrainString(predicate, negated, field, full),
      );
    }
  }
  const remainder = predicate.kind === 'same-string' ? 'computed' : 'field';
  return { box: full, table: null, remainder };
}

/** The field that a string is, as it is: what the kernel compares are its bytes. */
function getOwnField(node: StringNode): FieldSpec | null {
  return node.kind === 'string-value' && node.source.from === 'field' ? node.source.field : null;
}

function constrainInteger(input: {
  readonly predicate: IntegerPredicate;
  readonly negated: boolean;
  readonly flagBits: readonly number[];
  readonly full: Box;
}): Constraint {
  const { predicate, negated, flagBits, full } = input;
  const flags = findFilterField(predicate, 'flags');
  if (flags) {
    const { set, exact } = allowFlags(predicate, negated, flags, flagBits);
    const box = { ...full, flags: set };
    return { box, table: 'flags', remainder: exact ? 'none' : 'untracked-bits' };
  }
  const result = findFilterField(predicate, 'result');
  if (result) {
    // The kernel only chooses which failures it sends; it never decides the predicate.
    const { set } = allowResults(predicate, negated, result);
    return { box: { ...full, results: set }, table: 'result', remainder: 'field' };
  }
  return { box: full, table: null, remainder: 'field' };
}

/** The name that a path of these bytes ends in; null where there is none to be sure of. */
function getPathName(path: string): string | null {
  const slash = path.lastIndexOf('/');
  return !path.startsWith('/') || slash === path.length - 1 ? null : path.slice(slash + 1);
}

function getMatcherName(matcher: StringMatcher, field: FieldSpec): string | null {
  if (field.filter === 'name') {
    // The root directory has no name of its own, so its spelling is not relied on.
    const isName = matcher.kind === 'exact' && matcher.value !== '' && !matcher.value.includes('/');
    return isName ? matcher.value : null;
  }
  if (matcher.kind === 'exact') return getPathName(matcher.value);
  if (matcher.kind !== 'glob') return null;
  const isAnchored = matcher.glob.suffix !== null || matcher.glob.prefix.length > 1;
  return isAnchored ? getGlobName(matcher.glob) : null;
}

function constrainString(
  predicate: StringMatch,
  negated: boolean,
  field: FieldSpec,
  full: Box,
): Constraint {
  const table = field.filterFile === 'destination' ? 'destination name' : 'source name';
  const names = predicate.matchers.map((matcher) => getMatcherName(matcher, field));
  const certain = names.filter((name) => name !== null);
  const set = negated ? excludeNames(certain, field) : allowNames(names);
  const box = { ...full, [field.filterFile]: set };
  const remainder = explainRemainder(certain, names.length, field, negated);
  return { box, table: isAllNames(set) ? null : table, remainder };
}

function allowNames(names: readonly (string | null)[]): NameSet {
  const certain = names.filter((name) => name !== null);
  return certain.length === names.length ? makeOnly(certain) : allNames;
}

/** A name in the list makes a match on the name certain, and its negation false. */
function excludeNames(certain: readonly string[], field: FieldSpec): NameSet {
  return field.filter === 'name' ? makeExcept(certain) : allNames;
}

function explainRemainder(
  certain: readonly string[],
  count: number,
  field: FieldSpec,
  negated: boolean,
): Remainder {
  if (field.filter === 'path' && negated) return 'negated-path';
  if (certain.length < count) return 'pattern';
  if (field.filter === 'path') return 'directory';
  return certain.some(isLongName) ? 'long-name' : 'none';
}
