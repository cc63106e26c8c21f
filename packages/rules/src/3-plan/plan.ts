// SPDX-License-Identifier: Apache-2.0
// Plans the kernel filter for checked rules: rule → boxes → lanes → tables of each operation.
// The one promise: an event that a rule matches keeps a lane of that rule.

import {
  type FileOperation,
  fileOperations,
  type Operation,
  type OperationFilter,
} from '@fimbul/schema';
import { type BoolNode, combine } from '../2-check/typed.ts';
import { isUnselective, makeFullBox } from './box.ts';
import { buildFilter } from './build-filter.ts';
import { explainLiteral, type LaneExplanation, type RuleExplanation } from './explanation.ts';
import { chooseFlagBits, findFilterField, isIntegerPredicate } from './integer-predicates.ts';
import { assignLanes, type Lane } from './lanes.ts';
import { listLiterals, toBoxes } from './to-boxes.ts';

export type PlannableRule = {
  readonly index: number;
  readonly operation: Operation;
  readonly condition: BoolNode;
  readonly guard: BoolNode | null;
};

export type RulePlan = {
  /** Lanes of the rule's operation that the rule is in; 0n for process events. */
  readonly lanes: bigint;
  /** True when no event can match the rule. */
  readonly impossible: boolean;
  readonly explanation: RuleExplanation;
};

export type Plan = {
  /** One for each operation on files. */
  readonly filters: readonly OperationFilter[];
  /** By the index of the rule. */
  readonly rules: ReadonlyMap<number, RulePlan>;
};

/** Plans the filters of all operations. */
export function planRules(rules: readonly PlannableRule[]): Plan {
  const plans = new Map<number, RulePlan>();
  const filters = fileOperations.map((operation) => {
    const own = rules.filter((rule) => rule.operation === operation);
    return planOperation(operation, own, plans);
  });
  for (const rule of rules) {
    if (plans.has(rule.index)) continue;
    const impossible = toBoxes(rule.condition, false, noFlagBits).length === 0;
    const explanation = explainRule(rule, [], noFlagBits);
    plans.set(rule.index, { lanes: 0n, impossible, explanation });
  }
  return { filters, rules: plans };
}

/** What process events are filtered by. */
const noFlagBits: readonly number[] = [];

/** Explains a rule; its predicates when somebody asks, for most rules are never explained. */
function explainRule(
  { condition }: PlannableRule,
  lanes: RuleExplanation['lanes'],
  flagBits: readonly number[],
): RuleExplanation {
  let predicates: RuleExplanation['predicates'] | null = null;
  return {
    lanes,
    get predicates() {
      predicates ??= listLiterals(condition).map((literal) => explainLiteral(literal, flagBits));
      return predicates;
    },
  };
}

function getWholeCondition({ condition, guard }: PlannableRule): BoolNode {
  return guard === null ? condition : combine('and', [condition, guard]);
}

function planOperation(
  operation: FileOperation,
  rules: readonly PlannableRule[],
  plans: Map<number, RulePlan>,
): OperationFilter {
  const flagBits = chooseBits(rules);
  const boxed = rules.map((rule) => ({
    index: rule.index,
    boxes: toBoxes(getWholeCondition(rule), false, flagBits),
  }));
  const lanes = assignLanes(boxed, flagBits.length);
  const own = new Map<number, number[]>();
  lanes.forEach((lane, bit) => {
    for (const index of lane.rules) {
      const bits = own.get(index);
      if (bits) bits.push(bit);
      else own.set(index, [bit]);
    }
  });
  for (const rule of rules) {
    plans.set(rule.index, planRule(rule, own.get(rule.index) ?? [], lanes, flagBits));
  }
  return buildFilter(operation, lanes, flagBits);
}

function chooseBits(rules: readonly PlannableRule[]): readonly number[] {
  const predicates = rules
    .flatMap((rule) => listLiterals(rule.condition).map((literal) => literal.predicate))
    .filter(isIntegerPredicate)
    .filter((predicate) => findFilterField(predicate, 'flags') !== null);
  return chooseFlagBits(predicates);
}

function planRule(
  rule: PlannableRule,
  bits: readonly number[],
  lanes: readonly Lane[],
  flagBits: readonly number[],
): RulePlan {
  const full = makeFullBox(flagBits.length);
  const explained = bits.flatMap((bit): LaneExplanation[] => {
    const lane = lanes[bit];
    if (lane === undefined) return [];
    const unselective = isUnselective(lane.box, full);
    return [{ lane: bit, shared: lane.rules.length - 1, unselective }];
  });
  return {
    lanes: bits.reduce((sum, bit) => sum | (1n << BigInt(bit)), 0n),
    impossible: bits.length === 0,
    explanation: explainRule(rule, explained, flagBits),
  };
}
