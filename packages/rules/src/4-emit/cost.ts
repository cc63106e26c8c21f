// SPDX-License-Identifier: Apache-2.0
// What evaluating a condition costs, relatively. Cheap sides of `&&` and `||` go first; reading a
// field has no side effect, so the order never changes a result.

import type { BoolNode, IntegerNode, StringMatcher, StringNode } from '../2-check/typed.ts';

const matcherCosts: Readonly<Record<StringMatcher['kind'], number>> = {
  exact: 1,
  glob: 80,
  pattern: 80,
  regexp: 400,
};

const iterationCost = 2000;

function estimateString(node: StringNode): number {
  return node.kind === 'string-field' ? node.field.cost : 1;
}

function estimateInteger(node: IntegerNode): number {
  switch (node.kind) {
    case 'integer':
    case 'integer-element':
      return 0;
    case 'integer-field':
    case 'list-length':
      return node.field.cost;
    case 'string-length':
      return estimateString(node.of);
    case 'integer-operation':
      return 1 + estimateInteger(node.left) + estimateInteger(node.right);
  }
}

/** Estimates the cost of a condition. */
export function estimateCost(node: BoolNode): number {
  switch (node.kind) {
    case 'bool':
      return 0;
    case 'bool-element':
      return 1;
    case 'bool-field':
      return node.field.cost;
    case 'not':
      return estimateCost(node.operand);
    case 'and':
    case 'or':
      return node.operands.reduce((sum, operand) => sum + estimateCost(operand), 0);
    case 'same-bool':
      return estimateCost(node.left) + estimateCost(node.right);
    case 'order':
      return 1 + estimateInteger(node.left) + estimateInteger(node.right);
    case 'one-of':
      return 5 + estimateInteger(node.subject);
    case 'same-string':
      return 1 + estimateString(node.left) + estimateString(node.right);
    case 'string-match': {
      const matching = node.matchers.reduce((sum, { kind }) => sum + matcherCosts[kind], 4);
      return Math.min(matching, 1000) + estimateString(node.subject);
    }
    case 'any':
      return iterationCost + node.field.cost + estimateCost(node.condition);
  }
}

/** Returns the operands of `&&` or `||`, cheap ones first, equal ones in the order written. */
export function orderByCost(operands: readonly BoolNode[]): readonly BoolNode[] {
  return operands
    .map((operand) => ({ operand, cost: estimateCost(operand) }))
    .sort((left, right) => left.cost - right.cost)
    .map(({ operand }) => operand);
}
