// SPDX-License-Identifier: Apache-2.0
// What evaluating a condition costs, relatively. Cheap sides of `&&` and `||` go first; reading a
// field has no side effect, so the order never changes a result.

import type {
  BoolNode,
  IntegerNode,
  ListNode,
  StringMatcher,
  StringNode,
  ValueSource,
} from '../2-check/typed.ts';

const matcherCosts: Readonly<Record<StringMatcher['kind'], number>> = {
  exact: 1,
  glob: 80,
  pattern: 80,
  regexp: 400,
};

const iterationCost = 2000;

function estimateString(node: StringNode): number {
  switch (node.kind) {
    case 'string':
      return 0;
    case 'string-value':
      return estimateSource(node.source);
    case 'string-template':
      return 20 * node.parts.length;
    case 'lower-case':
    case 'root-domain':
      return 20 + estimateString(node.of);
  }
}

function estimateSource(source: ValueSource): number {
  return source.from === 'field' ? source.field.cost : 1;
}

function estimateList(list: ListNode): number {
  return list.from === 'variable' ? 20 : list.field.cost;
}

function estimateInteger(node: IntegerNode): number {
  switch (node.kind) {
    case 'integer':
      return 0;
    case 'integer-value':
      return estimateSource(node.source);
    case 'list-length':
      return estimateList(node.of);
    case 'iterator-length':
      return 30;
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
    case 'bool-value':
      return estimateSource(node.source);
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
      return iterationCost + estimateList(node.list) + estimateCost(node.condition);
    case 'exists':
      return iterationCost + estimateCost(node.condition);
    case 'ip-match':
      return 10 + node.nets.length;
  }
}

/** Returns the operands of `&&` or `||`, cheap ones first, equal ones in the order written. */
export function orderByCost(operands: readonly BoolNode[]): readonly BoolNode[] {
  return operands
    .map((operand) => ({ operand, cost: estimateCost(operand) }))
    .sort((left, right) => left.cost - right.cost)
    .map(({ operand }) => operand);
}
