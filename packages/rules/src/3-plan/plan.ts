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
import { explainLiteral, type RuleExplanation } from './explanation.ts';
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
    const predicates = listLiterals(rule.condition).map((literal) => explainLiteral(literal, []));
    const impossible = toBoxes(rule.condition, false, []).length === 0;
    plans.set(rule.index, { lanes: 0n, impossible, explanation: { lanes: [], predicates } });
  }
  return { filters, rules: plans };
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
  for (const rule of rules) plans.set(rule.index, planRule(rule, lanes, flagBits));
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
  lanes: readonly Lane[],
  flagBits: readonly number[],
): RulePlan {
  const full = makeFullBox(flagBits.length);
  const own = lanes
    .map((lane, bit) => ({ lane, bit }))
    .filter(({ lane }) => lane.rules.includes(rule.index));
  const explanation: RuleExplanation = {
    lanes: own.map(({ lane, bit }) => ({
      lane: bit,
      shared: lane.rules.length - 1,
      unselective: isUnselective(lane.box, full),
    })),
    predicates: listLiterals(rule.condition).map((literal) => explainLiteral(literal, flagBits)),
  };
  const mask = own.reduce((sum, { bit }) => sum | (1n << BigInt(bit)), 0n);
  return { lanes: mask, impossible: own.length === 0, explanation };
}
