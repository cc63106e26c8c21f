// SPDX-License-Identifier: Apache-2.0
// The rules that judge, and while they take over also those before them: a record is judged by the
// rules whose filter let it pass, which its generation tells. What no filter is asked about (exec,
// exit) goes by its time. Whatever comes, exactly one of the two judges it.

import {
  type CompiledPolicies,
  type RuleHost,
  type RuleMemory,
  type RuleMeter,
  RuleRunner,
} from '@fimbul/rules/run';
import type { EventView } from './event-view.ts';

export type JudgingPolicies = Pick<CompiledPolicies, 'rules' | 'variables'>;

/** Rules ready to judge. */
export type PreparedRules = {
  readonly policies: JudgingPolicies;
  readonly runner: RuleRunner<EventView>;
  /** Operations that some rule is about. */
  readonly judged: ReadonlySet<string>;
};

/** From when on rules judge. */
export type Takeover = {
  /** What their filter marks records with; null where records are of nobody's filter. */
  readonly generation: number | null;
  /** When their filter began to serve, in nanoseconds of CLOCK_BOOTTIME. */
  readonly sinceNs: number;
};

type Serving = { readonly rules: PreparedRules; readonly takeover: Takeover };

/** Makes rules ready to judge, which takes some time where there are many. */
export function prepareRules(
  policies: JudgingPolicies,
  host: RuleHost<EventView>,
  memory: RuleMemory,
): PreparedRules {
  const runner = new RuleRunner(policies, host, memory);
  return { policies, runner, judged: new Set(policies.rules.map(({ eventType }) => eventType)) };
}

export class RuleSets {
  #current: Serving;
  #replaced: Serving | null = null;
  #unknownGenerations = 0;

  constructor(rules: PreparedRules, generation: number | null) {
    this.#current = { rules, takeover: { generation, sinceNs: 0 } };
  }

  get current(): PreparedRules {
    return this.#current.rules;
  }

  /** True while the rules before these may still get records. */
  get isChanging(): boolean {
    return this.#replaced !== null;
  }

  /** Records of rules that are no more, judged by the current ones: none, unless it is a bug. */
  get unknownGenerations(): number {
    return this.#unknownGenerations;
  }

  /**
   * Finds the rules that judge a record: `generation` is that of the filter that let it pass, 0
   * where none was asked, and `timeNs` when it was made, by CLOCK_BOOTTIME.
   */
  choose(generation: number, timeNs: number): PreparedRules {
    const { rules, takeover } = this.#current;
    const replaced = this.#replaced;
    if (takeover.generation === null || generation === takeover.generation) return rules;
    if (generation === 0) {
      return replaced !== null && timeNs < takeover.sinceNs ? replaced.rules : rules;
    }
    if (generation === replaced?.takeover.generation) return replaced.rules;
    this.#unknownGenerations += 1;
    return rules;
  }

  /** Lets other rules take over; those before go on with what is theirs until `forgetReplaced`. */
  replace(rules: PreparedRules, takeover: Takeover): void {
    if (this.#replaced !== null) throw new Error('the rules before these have records left');
    this.#replaced = this.#current;
    this.#current = { rules, takeover };
  }

  /** Ends those before the current ones. */
  forgetReplaced(): void {
    this.#replaced = null;
  }

  setMeter(meter: RuleMeter | null): void {
    this.#current.rules.runner.setMeter(meter);
    // Its indexes are those of other rules, and what it does for a moment longer is not measured.
    this.#replaced?.rules.runner.setMeter(null);
  }
}
