// SPDX-License-Identifier: Apache-2.0
// What rules ask of the programs of ancestors: each set of paths is an atom, one bit of what the
// kernel keeps of a process. Atoms are those of all rules, since a process has one set of bits.

import { type FieldSpec, lineageAtomsMax } from '@fimbul/schema';
import type { Predicate } from '../2-check/typed.ts';
import { type PathFormula, PathFormulas } from './path-formula.ts';
import { toNamePattern, toPathPattern } from './path-pattern.ts';

export type StringMatch = Extract<Predicate, { readonly kind: 'string-match' }>;

/** The field of an ancestor, and which ancestor it is of. */
export type LineageField = FieldSpec & { readonly binding: number };

function ofAncestor(field: FieldSpec, binding: number): LineageField | null {
  const isProgram = field.filterFile === 'program' && field.iterator === 'process.ancestors';
  return isProgram ? { ...field, binding } : null;
}

/** Null where a predicate is not about the program of an ancestor. */
export function findLineageField({ subject }: StringMatch): LineageField | null {
  if (subject.kind !== 'string-value') return null;
  const { source } = subject;
  if (source.from === 'register') return ofAncestor(source.field, source.binding);
  if (source.from !== 'element' || source.list.from !== 'field') return null;
  return ofAncestor(source.list.field, source.binding);
}

type Wanted = { readonly formula: PathFormula; count: number };

/** The atoms of some rules, those that are asked for most. */
export class LineageAtoms {
  readonly #formulas = new PathFormulas();
  readonly #numbers: ReadonlyMap<PathFormula, number>;

  constructor(predicates: readonly Predicate[]) {
    const wanted = new Map<PathFormula, Wanted>();
    for (const predicate of predicates) {
      const formula = this.#match(predicate);
      if (formula === null) continue;
      const known = wanted.get(formula);
      if (known) known.count += 1;
      else wanted.set(formula, { formula, count: 1 });
    }
    const chosen = [...wanted.values()]
      .sort((left, right) => right.count - left.count)
      .slice(0, lineageAtomsMax);
    this.#numbers = new Map(chosen.map(({ formula }, number) => [formula, number]));
  }

  get count(): number {
    return this.#numbers.size;
  }

  /** The number of the atom of a predicate; null where it has none. */
  find(predicate: Predicate): number | null {
    const formula = this.#match(predicate);
    return formula === null ? null : (this.#numbers.get(formula) ?? null);
  }

  /** By number: where the atom may hold, and where it may not. */
  listFormulas(): readonly { readonly is: PathFormula; readonly isNot: PathFormula }[] {
    return [...this.#numbers.keys()].flatMap((is) => {
      if (is.kind !== 'is') return [];
      return [{ is, isNot: this.#formulas.match(is.predicate.patterns, true) }];
    });
  }

  /** What a predicate asks of a path; null for what the kernel cannot ask, or need not. */
  #match(predicate: Predicate): PathFormula | null {
    if (predicate.kind !== 'string-match') return null;
    const field = findLineageField(predicate);
    if (field === null) return null;
    const toPattern = field.filter === 'path' ? toPathPattern : toNamePattern;
    const formula = this.#formulas.match(predicate.matchers.map(toPattern), false);
    return formula.kind === 'is' ? formula : null;
  }
}
