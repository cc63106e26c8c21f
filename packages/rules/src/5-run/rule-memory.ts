// SPDX-License-Identifier: Apache-2.0
// What running rules leave behind, and what rules that take their place go on with: variables,
// periods of `every` and counters. Two sets of rules may use it at a time, while one takes over.

import type { VariableSpec } from '../2-check/variables.ts';
import type { CompiledRule } from '../compiled-rule.ts';
import type { ClosedPeriod } from './match.ts';
import { type ClosedKey, RateLimit } from './rate-limit.ts';
import type { RuleHost } from './rule-host.ts';
import { nameLimit, nameRules } from './rule-identity.ts';
import { VariableStore } from './variable-store.ts';

/** Of one rule; siblings that match the same event count once, for the first of them. */
export type RuleCounters = {
  matches: number;
  alerts: number;
  heldBack: number;
  silent: number;
};

export type RememberedRules = {
  readonly rules: readonly CompiledRule[];
  readonly variables: readonly VariableSpec[];
};

function makeCounters(): RuleCounters {
  return { matches: 0, alerts: 0, heldBack: 0, silent: 0 };
}

function hasLimit({ everyNs, silent }: CompiledRule): boolean {
  return everyNs !== null && everyNs > 0n && !silent;
}

export class RuleMemory {
  readonly #getParentOwner: RuleHost<never>['getParentOwner'];
  #variables: VariableStore;
  readonly #limits = new Map<string, RateLimit>();
  readonly #counters = new Map<string, RuleCounters>();
  /** Of rules that are forgotten. */
  readonly #forgotten = makeCounters();
  #forgottenClosedEarly = 0;

  constructor({ getParentOwner }: Pick<RuleHost<never>, 'getParentOwner'>) {
    this.#getParentOwner = getParentOwner;
    this.#variables = new VariableStore({ getParentOwner });
  }

  get variables(): VariableStore {
    return this.#variables;
  }

  /** Counters of rules that are no more, together. */
  get forgotten(): Readonly<RuleCounters> {
    return this.#forgotten;
  }

  /** Periods of `every` that ended early for want of room, whether or not they held anything. */
  get closedEarly(): number {
    let count = this.#forgottenClosedEarly;
    for (const { closedEarlyCount } of this.#limits.values()) count += closedEarlyCount;
    return count;
  }

  /** Gets the limit of a rule with `every`; null for others. */
  limitOf(rule: CompiledRule): RateLimit | null {
    if (!hasLimit(rule) || rule.everyNs === null) return null;
    const name = nameLimit(rule);
    let limit = this.#limits.get(name);
    if (limit === undefined) {
      limit = new RateLimit({ periodNs: rule.everyNs });
      this.#limits.set(name, limit);
    }
    return limit;
  }

  /** Gets the counters of rules, by their index. */
  countersOf(rules: readonly CompiledRule[]): readonly RuleCounters[] {
    return nameRules(rules).map((name) => {
      const counters = this.#counters.get(name) ?? makeCounters();
      this.#counters.set(name, counters);
      return counters;
    });
  }

  /**
   * Takes the periods of `every` that have ended with matches held back, each once. Whoever takes
   * one tells of it; the next match after it is told at once.
   */
  takeClosedPeriods(timeNs: bigint | 'all'): readonly ClosedPeriod[] {
    const closed: ClosedPeriod[] = [];
    for (const [name, limit] of this.#limits) {
      for (const period of limit.takeClosed(timeNs)) closed.push(describeClosed(name, period));
    }
    return closed;
  }

  /** Ends a period of `every` early; the next match is told at once. */
  closePeriod(limit: string, limiterKey: string): ClosedPeriod {
    return { limit, limiterKey, suppressed: this.#limits.get(limit)?.closeEarly(limiterKey) ?? 0 };
  }

  /**
   * Forgets all but what these rules may go on with. It gives the periods of other rules that hold
   * something back: whoever calls this tells of them.
   */
  keepOnly({ rules, variables }: RememberedRules): readonly ClosedPeriod[] {
    this.#variables.keepOnly(variables);
    const names = new Set(nameRules(rules));
    for (const [name, counters] of this.#counters) {
      if (names.has(name)) continue;
      for (const key of ['matches', 'alerts', 'heldBack', 'silent'] as const) {
        this.#forgotten[key] += counters[key];
      }
      this.#counters.delete(name);
    }
    const kept = new Set(rules.filter(hasLimit).map(nameLimit));
    const closed: ClosedPeriod[] = [];
    for (const [name, limit] of this.#limits) {
      if (kept.has(name)) continue;
      for (const period of limit.takeClosed('all')) closed.push(describeClosed(name, period));
      this.#forgottenClosedEarly += limit.closedEarlyCount;
      this.#limits.delete(name);
    }
    return closed;
  }

  /** Forgets all that earlier events left: variables, periods of `every`, counters. */
  reset(): void {
    this.#variables = new VariableStore({ getParentOwner: this.#getParentOwner });
    for (const limit of this.#limits.values()) limit.reset();
    for (const counters of this.#counters.values()) Object.assign(counters, makeCounters());
  }
}

export function describeClosed(limit: string, { key, suppressed }: ClosedKey): ClosedPeriod {
  return { limit, limiterKey: key, suppressed };
}
