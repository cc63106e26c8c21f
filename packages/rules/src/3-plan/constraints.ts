// SPDX-License-Identifier: Apache-2.0
// What one predicate, or its negation, tells the kernel: a box and how much of the predicate it
// decides. What is not certain stays allowed: a pattern allows every name, and the negation of one
// allows every path but those that it matches for certain.

import { type FieldSpec, findFilteredField, type ValueClasses } from '@fimbul/schema';
import { getGlobName } from '../2-check/glob.ts';
import type { Predicate, StringMatcher, StringNode } from '../2-check/typed.ts';
import { type Box, intersectBoxes } from './box.ts';
import { type Constraint, constrainValue } from './constraint.ts';
import {
  allowResults,
  type IntegerPredicate,
  isIntegerPredicate,
  listReadFields,
  readsFilteredField,
} from './integer-predicates.ts';
import {
  allNames,
  isAllNames,
  isLongName,
  makeExcept,
  makeOnly,
  type NameSet,
} from './name-set.ts';
import { allowNumbered, isNumbered } from './numbered-texts.ts';
import { allPaths, noPaths, type PathFormula, PathFormulas } from './path-formula.ts';
import { type MatcherPattern, toNamePattern, toPathPattern } from './path-pattern.ts';
import { getPredicateKey } from './predicate-key.ts';
import { constrainLineage, constrainProgram, type StringInput } from './process-constraints.ts';
import type { TrackedValues } from './tracked-values.ts';
import { allowClasses, allowFlag } from './value-classes.ts';

/** Constraints that were worked out for one choice of values, by what they are about. */
type Known = {
  readonly integers: Map<string, Constraint>;
  readonly strings: WeakMap<readonly StringMatcher[], Map<string, Constraint>>;
  readonly paths: PathFormulas;
};

const knownByValues = new WeakMap<TrackedValues, Known>();

function getKnown(tracked: TrackedValues): Known {
  let known = knownByValues.get(tracked);
  if (known === undefined) {
    known = { integers: new Map(), strings: new WeakMap(), paths: new PathFormulas() };
    knownByValues.set(tracked, known);
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
  tracked: TrackedValues,
): Constraint {
  const known = getKnown(tracked);
  const { full } = tracked;
  if (isIntegerPredicate(predicate)) {
    if (!readsFilteredField(predicate)) return { box: full, table: null, remainder: 'field' };
    const make = () => constrainInteger(predicate, negated, tracked);
    const key = getPredicateKey(predicate);
    return key === null ? make() : once(known.integers, `${negated} ${key}`, make);
  }
  if (predicate.kind === 'string-match') {
    const field = getOwnField(predicate.subject);
    if (field?.filter === 'name' || field?.filter === 'path') {
      const lists = known.strings.get(predicate.matchers) ?? new Map<string, Constraint>();
      known.strings.set(predicate.matchers, lists);
      const input = { predicate, negated, field, full, paths: known.paths };
      return once(lists, `${negated} ${field.name}`, () =>
        field.filterFile === 'program'
          ? constrainProgram(input)
          : (field.filter === 'path' ? constrainPath : constrainName)(input),
      );
    }
    const filtered = field && findFilteredField(field.name);
    if (isNumbered(filtered)) {
      const allow = (classes: ValueClasses) => allowNumbered(predicate, negated, filtered, classes);
      return constrainValue(filtered.value, allow, tracked);
    }
    // Of what one ancestor is not, nothing follows for all of them.
    if (!negated) return constrainLineage(predicate, 'some', tracked);
  }
  if (predicate.kind === 'any' && predicate.condition.kind === 'string-match') {
    return constrainLineage(predicate.condition, negated ? 'none' : 'some', tracked);
  }
  if (predicate.kind === 'bool-value') {
    const { source } = predicate;
    const field = source.from === 'field' ? source.field : null;
    if (field?.filter === 'partial-path') return constrainPartialPath(field, negated, full);
    const filtered = field && findFilteredField(field.name);
    if (filtered) {
      const allow = (classes: ValueClasses) => allowFlag(filtered, !negated, classes);
      return constrainValue(filtered.value, allow, tracked);
    }
  }
  const remainder = predicate.kind === 'same-string' ? 'computed' : 'field';
  return { box: full, table: null, remainder };
}

/** A path that the kernel has followed to the root is none that is not whole. */
function constrainPartialPath(field: FieldSpec, negated: boolean, full: Box): Constraint {
  if (negated) return { box: full, table: null, remainder: 'field' };
  const isSource = field.filterFile !== 'destination';
  const box: Box = isSource
    ? { ...full, sourcePath: noPaths }
    : { ...full, destinationPath: noPaths };
  return { box, table: isSource ? 'source path' : 'destination path', remainder: 'field' };
}

/** The field that a string is, as it is: what the kernel compares are its bytes. */
function getOwnField(node: StringNode): FieldSpec | null {
  return node.kind === 'string-value' && node.source.from === 'field' ? node.source.field : null;
}

/** Of several values each one's tables allow what may hold for any value of the others. */
function constrainInteger(
  predicate: IntegerPredicate,
  negated: boolean,
  tracked: TrackedValues,
): Constraint {
  const constraints = listReadFields(predicate).map((read): Constraint => {
    const { value } = read.filtered;
    if (value === 'result') return constrainResult(predicate, negated, read.field, tracked.full);
    const allow = (classes: ValueClasses) => allowClasses({ predicate, negated, read, classes });
    return constrainValue(value, allow, tracked);
  });
  const [first, ...others] = constraints;
  if (first === undefined) return { box: tracked.full, table: null, remainder: 'field' };
  if (others.length === 0) return first;
  const table = constraints.find((constraint) => constraint.table !== null)?.table ?? null;
  const box = constraints.map((constraint) => constraint.box).reduce(intersectBoxes);
  const isExact = constraints.some(({ remainder }) => remainder === 'none');
  return { box, table, remainder: isExact ? 'none' : 'computed' };
}

function constrainResult(
  predicate: IntegerPredicate,
  negated: boolean,
  field: FieldSpec,
  full: Box,
): Constraint {
  const { set, exact } = allowResults(predicate, negated, field);
  const box = { ...full, results: set };
  return { box, table: 'result', remainder: exact ? 'none' : 'no-room' };
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

/**
 * Exact names have a table of their own; patterns are the ends of paths. Rules list what they do
 * not want by such patterns as well: that would be an end of all paths, for events that are few.
 */
function constrainName({ predicate, negated, field, full, paths }: StringInput): Constraint {
  const isSource = field.filterFile !== 'destination';
  const names = predicate.matchers.map((matcher) => getMatcherName(matcher, field));
  const certain = names.filter((name) => name !== null);
  const set = negated ? makeExcept(certain) : allowNames(names);
  const isWhole = certain.length === names.length;
  if (isWhole || negated) {
    const box = { ...full, [field.filterFile]: set };
    const remainder = certain.some(isLongName) ? 'long-name' : 'none';
    const table = isSource ? 'source name' : 'destination name';
    return {
      box,
      table: isAllNames(set) ? null : table,
      remainder: isWhole ? remainder : 'pattern',
    };
  }
  const patterns = predicate.matchers.map(toNamePattern);
  return constrainFile({
    names: set,
    path: paths.match(patterns, false),
    patterns,
    isSource,
    full,
  });
}

/** The whole path, and, where all that is listed ends in a name, that name, which is cheaper. */
function constrainPath({ predicate, negated, field, full, paths }: StringInput): Constraint {
  const patterns = predicate.matchers.map(toPathPattern);
  return constrainFile({
    names: negated
      ? allNames
      : allowNames(predicate.matchers.map((matcher) => getMatcherName(matcher, field))),
    path: paths.match(patterns, negated),
    patterns,
    isSource: field.filterFile !== 'destination',
    full,
  });
}

function constrainFile(input: {
  readonly names: NameSet;
  readonly path: PathFormula;
  readonly patterns: readonly MatcherPattern[];
  readonly isSource: boolean;
  readonly full: Box;
}): Constraint {
  const { names, path, patterns, isSource, full } = input;
  const box: Box = isSource
    ? { ...full, source: names, sourcePath: path }
    : { ...full, destination: names, destinationPath: path };
  const isExact = patterns.every((pattern) => pattern === 'never' || pattern?.isExact === true);
  const remainder = isExact ? 'none' : 'pattern';
  if (path !== allPaths) {
    return { box, table: isSource ? 'source path' : 'destination path', remainder };
  }
  if (isAllNames(names)) return { box, table: null, remainder };
  return { box, table: isSource ? 'source name' : 'destination name', remainder };
}

function allowNames(names: readonly (string | null)[]): NameSet {
  const certain = names.filter((name) => name !== null);
  return certain.length === names.length ? makeOnly(certain) : allNames;
}
