// SPDX-License-Identifier: Apache-2.0
// What predicates on programs tell the kernel: on what the process runs, a formula over its path;
// on what its ancestors ran, an atom that has to hold of one of them, or of none.

import type { FieldSpec } from '@fimbul/schema';
import type { BoolNode } from '../2-check/typed.ts';
import { type Box, intersectBoxes } from './box.ts';
import { type Constraint, constrainValue, type Remainder } from './constraint.ts';
import { findLineageField, type StringMatch } from './lineage-atoms.ts';
import { allPaths, type PathFormulas } from './path-formula.ts';
import { type MatcherPattern, toNamePattern, toPathPattern } from './path-pattern.ts';
import type { TrackedValues } from './tracked-values.ts';
import { allowFlag } from './value-classes.ts';

export type StringInput = {
  readonly predicate: StringMatch;
  readonly negated: boolean;
  readonly field: FieldSpec;
  readonly full: Box;
  readonly paths: PathFormulas;
};

/** What the path of a program is matched by. */
export function listProgramPatterns(
  { matchers }: StringMatch,
  { filter }: FieldSpec,
): readonly MatcherPattern[] {
  return matchers.map(filter === 'path' ? toPathPattern : toNamePattern);
}

function describeRemainder(patterns: readonly MatcherPattern[]): Remainder {
  const isExact = patterns.every((pattern) => pattern === 'never' || pattern?.isExact === true);
  return isExact ? 'none' : 'pattern';
}

export function constrainProgram({ predicate, negated, field, full, paths }: StringInput) {
  const patterns = listProgramPatterns(predicate, field);
  const program = paths.match(patterns, negated);
  const remainder = describeRemainder(patterns);
  const constraint: Constraint =
    program === allPaths
      ? { box: full, table: null, remainder }
      : { box: { ...full, program }, table: 'program', remainder };
  return constraint;
}

/**
 * `some`: what follows from a predicate that holds of an ancestor; `none`: from one that does not
 * hold of any of them.
 */
export function constrainLineage(
  predicate: StringMatch,
  quantity: 'some' | 'none',
  tracked: TrackedValues,
): Constraint {
  const field = findLineageField(predicate);
  if (field === null) return { box: tracked.full, table: null, remainder: 'field' };
  const atom = tracked.lineage.find(predicate);
  const remainder = describeRemainder(listProgramPatterns(predicate, field));
  if (atom === null) {
    const why = remainder === 'none' ? 'no-room' : remainder;
    return { box: tracked.full, table: null, remainder: why };
  }
  const value = quantity === 'some' ? 'lineage_may' : 'lineage_must';
  const filtered = { value, mask: 1n << BigInt(atom) } as const;
  const constraint = constrainValue(
    value,
    (classes) => allowFlag(filtered, quantity === 'some', classes),
    tracked,
  );
  return constraint.remainder === 'none' ? { ...constraint, remainder } : constraint;
}

/** What follows where a condition on the ancestor of a binding holds of none. */
export function constrainNone(condition: BoolNode, binding: number, tracked: TrackedValues): Box {
  if (condition.kind === 'or') {
    const parts = condition.operands.map((operand) => constrainNone(operand, binding, tracked));
    return parts.reduce(intersectBoxes, tracked.full);
  }
  if (condition.kind !== 'string-match' || findLineageField(condition)?.binding !== binding) {
    return tracked.full;
  }
  return constrainLineage(condition, 'none', tracked).box;
}
