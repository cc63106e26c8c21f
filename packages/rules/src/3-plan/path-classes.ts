// SPDX-License-Identifier: Apache-2.0
// Which lanes paths leave, by the patterns that they match: a class has a mask for each row, and
// equal ones are one. What no pattern matches is the first class.

import type { PathClass } from '@fimbul/schema';
import { listPredicates, mayHold, type PathFormula, type PathPredicate } from './path-formula.ts';
import { getPatternKey, type PathPattern } from './path-pattern.ts';

/** Formulas about one file of an operation; the position is the bit of the lane. */
export type PathRow = readonly PathFormula[];

/** A pattern that a path matches, or may match. */
export type AcceptedPattern = { readonly pattern: number; readonly isCertain: boolean };

type Lane = { readonly row: number; readonly bit: bigint; readonly formula: PathFormula };

type Interest = { readonly predicate: PathPredicate; readonly lanes: readonly Lane[] };

export class PathClasses {
  readonly classes: PathClass[] = [];
  /** All patterns of all rows, each once. */
  readonly patterns: PathPattern[] = [];
  /** By pattern. */
  readonly #interests: Interest[][] = [];
  readonly #byMasks = new Map<string, number>();
  readonly #byAccepted = new Map<string, number>();
  readonly #nothing: PathClass;

  constructor(rows: readonly PathRow[]) {
    const lanes = rows.flatMap((formulas, row) =>
      formulas.map((formula, lane): Lane => ({ row, bit: 1n << BigInt(lane), formula })),
    );
    this.#collectPatterns(lanes);
    const unknown = { may: new Set<PathPredicate>(), must: new Set<PathPredicate>() };
    const masks = rows.map(() => 0n);
    for (const { row, bit, formula } of lanes) {
      if (mayHold(formula, unknown)) masks[row] = (masks[row] ?? 0n) | bit;
    }
    this.#nothing = masks;
    this.intern(masks);
  }

  /** The class of paths that match these patterns and no others. */
  find(accepted: readonly AcceptedPattern[]): number {
    if (accepted.length === 0) return 0;
    const key = accepted
      .map(({ pattern, isCertain }) => 2 * pattern + Number(isCertain))
      .sort((left, right) => left - right)
      .join();
    let found = this.#byAccepted.get(key);
    if (found === undefined) {
      found = this.intern(this.#judge(accepted));
      this.#byAccepted.set(key, found);
    }
    return found;
  }

  intern(masks: PathClass): number {
    const key = masks.join();
    let number = this.#byMasks.get(key);
    if (number === undefined) {
      number = this.classes.length;
      this.classes.push(masks);
      this.#byMasks.set(key, number);
    }
    return number;
  }

  #collectPatterns(lanes: readonly Lane[]): void {
    const wanted = new Map<PathPredicate, Lane[]>();
    for (const lane of lanes) {
      for (const predicate of new Set(listPredicates(lane.formula))) {
        const own = wanted.get(predicate);
        if (own) own.push(lane);
        else wanted.set(predicate, [lane]);
      }
    }
    const numbers = new Map<string, number>();
    for (const [predicate, own] of wanted) {
      for (const pattern of predicate.patterns) {
        const key = getPatternKey(pattern);
        let number = numbers.get(key);
        if (number === undefined) {
          number = this.patterns.length;
          numbers.set(key, number);
          this.patterns.push(pattern);
          this.#interests.push([]);
        }
        this.#interests[number]?.push({ predicate, lanes: own });
      }
    }
  }

  #judge(accepted: readonly AcceptedPattern[]): PathClass {
    const may = new Set<PathPredicate>();
    const must = new Set<PathPredicate>();
    const affected = new Set<Lane>();
    for (const { pattern, isCertain } of accepted) {
      for (const { predicate, lanes } of this.#interests[pattern] ?? []) {
        may.add(predicate);
        if (isCertain) must.add(predicate);
        for (const lane of lanes) affected.add(lane);
      }
    }
    const masks = [...this.#nothing];
    for (const { row, bit, formula } of affected) {
      const before = masks[row] ?? 0n;
      masks[row] = mayHold(formula, { may, must }) ? before | bit : before & ~bit;
    }
    return masks;
  }
}
