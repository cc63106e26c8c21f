// SPDX-License-Identifier: Apache-2.0
// A rule after compilation: what it means, what it does, and how it is told. This is the contract
// between the compiler, the code that is emitted, the run time and the agent.

import type { EventType, FieldSpec } from '@fimbul/schema';
import type { BoolNode } from './2-check/typed.ts';
import type { RuleExplanation } from './3-plan/explanation.ts';
import type { CompiledAction } from './actions.ts';

export type CompiledRule = {
  /** The author's id. Siblings that `fim.write.file` made share it. */
  readonly id: string;
  /** Position in the order of evaluation, and what an evaluation pushes for a match. */
  readonly index: number;
  readonly eventType: EventType;
  /**
   * The index of the first sibling: an event gives one alert for all rules with the same number,
   * and they share `every`. A rule without siblings has its own index here.
   */
  readonly group: number;
  readonly description: string;
  readonly version: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly productTags: readonly string[];
  /** Shortest time between two alerts of the rule in nanoseconds; null is no limit. */
  readonly everyNs: bigint | null;
  /** `every` holds for each combination of their values; empty is for the rule as a whole. */
  readonly limiterToken: readonly FieldSpec[];
  /** True when matches run actions and are counted, but not reported. */
  readonly silent: boolean;
  readonly priority: number;
  readonly groupId: string | null;
  /** Path of the policy that defines the rule. */
  readonly policy: string;
  /** The expression as it is written. */
  readonly expression: string;
  /** The rule is evaluated when one of these lanes is left; 0n for process events. */
  readonly lanes: bigint;
  readonly explanation: RuleExplanation;
  /** What the rule means; input of `emitRuleSet`. */
  readonly condition: BoolNode;
  /** Which results count for a rule that does not read the result. */
  readonly guard: BoolNode | null;
  readonly actions: readonly CompiledAction[];
};
