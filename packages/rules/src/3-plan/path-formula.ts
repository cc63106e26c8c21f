// SPDX-License-Identifier: Apache-2.0
// What a conjunction says of a path that is known to the root: a formula over path predicates.
// Equal formulas of one set are the same object. None allows less than what it was made of.

import {
  acceptsAll,
  getPatternKey,
  type MatcherPattern,
  type PathPattern,
} from './path-pattern.ts';

/** Patterns of which a path matches one. */
export type PathPredicate = { readonly id: number; readonly patterns: readonly PathPattern[] };

type Sets = { readonly id: number; readonly set: PathFormulas };

export type PathFormula =
  | { readonly id: number; readonly kind: 'all' | 'none' }
  | (Sets & { readonly kind: 'is' | 'is-not'; readonly predicate: PathPredicate })
  | (Sets & { readonly kind: 'and' | 'or'; readonly operands: readonly PathFormula[] });

export const allPaths: PathFormula = { id: 0, kind: 'all' };
export const noPaths: PathFormula = { id: 1, kind: 'none' };

type Junction = 'and' | 'or';
type Compound = Extract<PathFormula, { readonly set: PathFormulas }>;

/** Makes formulas about the paths of one operation. */
export class PathFormulas {
  readonly #byKey = new Map<string, Compound>();
  readonly #predicates = new Map<string, PathPredicate>();
  #next = 2;

  /** What the patterns of some matchers, or their opposite, allow. */
  match(made: readonly MatcherPattern[], negated: boolean): PathFormula {
    // What cannot be expressed may hold of any path, and of none is it certain.
    if (!negated && made.includes(null)) return allPaths;
    const patterns = made.filter((pattern) => pattern !== 'never' && pattern !== null);
    if (patterns.length === 0) return negated ? allPaths : noPaths;
    if (patterns.some(acceptsAll)) return negated ? noPaths : allPaths;
    const predicate = this.#getPredicate(patterns);
    const kind = negated ? 'is-not' : 'is';
    return this.#intern(`${kind} ${predicate.id}`, (id) => ({ id, set: this, kind, predicate }));
  }

  combine(kind: Junction, formulas: readonly PathFormula[]): PathFormula {
    const operands = new Map<number, PathFormula>();
    for (const formula of formulas) {
      const parts = formula.kind === kind ? formula.operands : [formula];
      for (const part of parts) operands.set(part.id, part);
    }
    const sorted = [...operands.values()].sort((left, right) => left.id - right.id);
    const [only] = sorted;
    if (only !== undefined && sorted.length === 1) return only;
    const key = `${kind} ${sorted.map(({ id }) => id).join()}`;
    return this.#intern(key, (id) => ({ id, set: this, kind, operands: sorted }));
  }

  #getPredicate(patterns: readonly PathPattern[]): PathPredicate {
    const key = [...new Set(patterns.map(getPatternKey))].sort().join('\n');
    let predicate = this.#predicates.get(key);
    if (predicate === undefined) {
      predicate = { id: this.#predicates.size, patterns };
      this.#predicates.set(key, predicate);
    }
    return predicate;
  }

  #intern(key: string, make: (id: number) => Compound): Compound {
    let formula = this.#byKey.get(key);
    if (formula === undefined) {
      formula = make(this.#next);
      this.#next += 1;
      this.#byKey.set(key, formula);
    }
    return formula;
  }
}

function combine(
  kind: Junction,
  formulas: readonly PathFormula[],
  [neutral, absorbing]: readonly [PathFormula, PathFormula],
): PathFormula {
  if (formulas.includes(absorbing)) return absorbing;
  const others = formulas.filter((formula) => formula !== neutral);
  const [first] = others;
  if (first === undefined) return neutral;
  return 'set' in first && others.length > 1 ? first.set.combine(kind, others) : first;
}

export function intersectPaths(left: PathFormula, right: PathFormula): PathFormula {
  return combine('and', [left, right], [allPaths, noPaths]);
}

export function uniteAllPaths(formulas: readonly PathFormula[]): PathFormula {
  return combine('or', formulas, [noPaths, allPaths]);
}

/** Predicates that a path may match, and those that it matches for certain. */
export type PathKnowledge = {
  readonly may: ReadonlySet<PathPredicate>;
  readonly must: ReadonlySet<PathPredicate>;
};

/** False when the path rules the formula out for certain. */
export function mayHold(formula: PathFormula, known: PathKnowledge): boolean {
  switch (formula.kind) {
    case 'all':
      return true;
    case 'none':
      return false;
    case 'is':
      return known.may.has(formula.predicate);
    case 'is-not':
      return !known.must.has(formula.predicate);
    case 'and':
      return formula.operands.every((operand) => mayHold(operand, known));
    case 'or':
      return formula.operands.some((operand) => mayHold(operand, known));
  }
}

/** Lists the predicates of a formula. */
export function listPredicates(formula: PathFormula): readonly PathPredicate[] {
  switch (formula.kind) {
    case 'all':
    case 'none':
      return [];
    case 'is':
    case 'is-not':
      return [formula.predicate];
    case 'and':
    case 'or':
      return formula.operands.flatMap(listPredicates);
  }
}
