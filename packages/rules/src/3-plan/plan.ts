// SPDX-License-Identifier: Apache-2.0
// Plans the kernel filter for checked rules: rule → boxes → lanes → tables of each operation.
// The one promise: an event that a rule matches keeps a lane of that rule.

import {
  type FileOperation,
  fileOperations,
  type KernelFilter,
  type Operation,
} from '@fimbul/schema';
import { type BoolNode, combine } from '../2-check/typed.ts';
import { isUnselective } from './box.ts';
import { buildFilter, type PlannedOperation } from './build-filter.ts';
import { explainLiteral, type LaneExplanation, type RuleExplanation } from './explanation.ts';
import { assignLanes, type Lane } from './lanes.ts';
import { LineageAtoms } from './lineage-atoms.ts';
import { listLiterals } from './literals.ts';
import { listSelectors } from './selectivity.ts';
import { toBoxes } from './to-boxes.ts';
import {
  listLineageQuestions,
  noTrackedValues,
  type TrackedValues,
  trackValues,
} from './tracked-values.ts';

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
  /** For every operation on files. */
  readonly filter: KernelFilter;
  /** By the index of the rule. */
  readonly rules: ReadonlyMap<number, RulePlan>;
};

/** Plans the filters of all operations. */
export function planRules(rules: readonly PlannableRule[]): Plan {
  const plans = new Map<number, RulePlan>();
  const lineage = collectLineage(rules);
  const planned = fileOperations.map((operation) => {
    const own = rules.filter((rule) => rule.operation === operation);
    return planOperation(operation, own, { plans, lineage });
  });
  for (const rule of rules) {
    if (plans.has(rule.index)) continue;
    const impossible = toBoxes(rule.condition, false, noTrackedValues).length === 0;
    const explanation = explainRule(rule, [], noTrackedValues);
    plans.set(rule.index, { lanes: 0n, impossible, explanation });
  }
  return { filter: buildFilter(planned, lineage).filter, rules: plans };
}

/** What rules on files ask of ancestors: a process answers for all of them. */
function collectLineage(rules: readonly PlannableRule[]): LineageAtoms {
  const own = rules.filter(({ operation }) => fileOperations.some((file) => file === operation));
  return new LineageAtoms(own.flatMap((rule) => listLineageQuestions(getWholeCondition(rule))));
}

/** Explains a rule; its predicates when somebody asks, for most rules are never explained. */
function explainRule(
  { condition }: PlannableRule,
  lanes: RuleExplanation['lanes'],
  tracked: TrackedValues,
): RuleExplanation {
  let predicates: RuleExplanation['predicates'] | null = null;
  return {
    lanes,
    get predicates() {
      predicates ??= listLiterals(condition).map((literal) => explainLiteral(literal, tracked));
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
  { plans, lineage }: { plans: Map<number, RulePlan>; lineage: LineageAtoms },
): PlannedOperation {
  const tracked = chooseValues(rules, lineage);
  const boxed = rules.map((rule) => ({
    index: rule.index,
    boxes: toBoxes(getWholeCondition(rule), false, tracked),
  }));
  const lanes = assignLanes(boxed, tracked);
  const own = new Map<number, number[]>();
  lanes.forEach((lane, bit) => {
    for (const index of lane.rules) {
      const bits = own.get(index);
      if (bits) bits.push(bit);
      else own.set(index, [bit]);
    }
  });
  for (const rule of rules) {
    plans.set(rule.index, planRule(rule, own.get(rule.index) ?? [], lanes, tracked));
  }
  return { operation, lanes, tracked };
}

function chooseValues(rules: readonly PlannableRule[], lineage: LineageAtoms): TrackedValues {
  const literals = rules.flatMap((rule) => listLiterals(rule.condition));
  return trackValues(literals, lineage);
}

function planRule(
  rule: PlannableRule,
  bits: readonly number[],
  lanes: readonly Lane[],
  tracked: TrackedValues,
): RulePlan {
  const explained = bits.flatMap((bit): LaneExplanation[] => {
    const lane = lanes[bit];
    if (lane === undefined) return [];
    const unselective = isUnselective(lane.box, tracked.full);
    const selectedBy = listSelectors(lane.box, tracked);
    return [{ lane: bit, shared: lane.rules.length - 1, unselective, selectedBy }];
  });
  return {
    lanes: bits.reduce((sum, bit) => sum | (1n << BigInt(bit)), 0n),
    impossible: bits.length === 0,
    explanation: explainRule(rule, explained, tracked),
  };
}
