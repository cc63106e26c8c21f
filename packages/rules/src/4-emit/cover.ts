// SPDX-License-Identifier: Apache-2.0
// Tests of which at least one holds whenever a condition holds: its cover. A rule need not be
// looked at for an event that no test of its cover accepts, and tests of strings with literals can
// be answered for all rules together. What cannot be answered so is left out of a conjunction and
// makes a disjunction have no cover.

import type { FieldSpec } from '@fimbul/schema';
import type { BoolNode, StringMatcher } from '../2-check/typed.ts';

/** A list of literals that the value of a field is compared with. */
export type CoverTest = {
  readonly field: FieldSpec;
  readonly matchers: readonly StringMatcher[];
};

/** No test: nothing the condition holds for. Several: one of them holds. */
export type Cover = {
  readonly tests: readonly CoverTest[];
  /** How many events the tests accept, roughly; less is better. */
  readonly weight: number;
};

/** Says whether the tests of a field can be answered, and what one of them is worth asking. */
export type FieldChoice = (field: FieldSpec) => boolean;

/** What accepts nearly everything, or what no automaton decides, is of no use. */
const useless = Number.POSITIVE_INFINITY;

/** Estimates how much a pattern accepts: the more of it is text, the less. */
function weighPattern(pattern: string): number {
  const letters = pattern.replaceAll(/[*/]/g, '').length;
  return letters === 0 ? useless : Math.max(0.1, 20 / letters ** 2);
}

function weighMatcher(matcher: StringMatcher): number {
  switch (matcher.kind) {
    case 'exact':
      return 0.02;
    case 'glob':
      return weighPattern(matcher.glob.pattern);
    case 'pattern':
      return weighPattern(matcher.pattern);
    case 'regexp':
      return useless;
  }
}

const weights = new WeakMap<readonly StringMatcher[], number>();

function weighMatchers(matchers: readonly StringMatcher[]): number {
  let weight = weights.get(matchers);
  if (weight === undefined) {
    weight = matchers.reduce((sum, matcher) => sum + weighMatcher(matcher), 0);
    weights.set(matchers, weight);
  }
  return weight;
}

/** What acts is rare among processes, and what is acted on among files. */
function weighField(field: FieldSpec): number {
  return field.event === '*' ? 5 : 1;
}

function unite(covers: readonly (Cover | null)[]): Cover | null {
  const tests: CoverTest[] = [];
  let weight = 0;
  for (const cover of covers) {
    if (cover === null) return null;
    tests.push(...cover.tests);
    weight += cover.weight;
  }
  return { tests, weight };
}

function chooseBest(covers: readonly (Cover | null)[]): Cover | null {
  return covers.reduce(
    (best, cover) =>
      cover !== null && (best === null || cover.weight < best.weight) ? cover : best,
    null,
  );
}

/** Finds the most selective cover of a condition, or of its negation; null where it has none. */
export function findCover(node: BoolNode, canAsk: FieldChoice, negated = false): Cover | null {
  switch (node.kind) {
    case 'bool':
      return node.value === negated ? { tests: [], weight: 0 } : null;
    case 'not':
      return findCover(node.operand, canAsk, !negated);
    case 'and':
    case 'or': {
      const covers = node.operands.map((operand) => findCover(operand, canAsk, negated));
      return (node.kind === 'and') === negated ? unite(covers) : chooseBest(covers);
    }
    case 'string-match': {
      const { subject, matchers } = node;
      if (negated || subject.kind !== 'string-value' || subject.source.from !== 'field')
        return null;
      const { field } = subject.source;
      if (!canAsk(field)) return null;
      const weight = weighMatchers(matchers) * weighField(field);
      return weight < useless ? { tests: [{ field, matchers }], weight } : null;
    }
    case 'any':
    case 'exists':
      // Where it holds, it holds for an element, and so does what does not look at the element.
      return negated ? null : findCover(node.condition, canAsk);
    default:
      return null;
  }
}
