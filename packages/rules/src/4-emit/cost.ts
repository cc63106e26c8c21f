// SPDX-License-Identifier: Apache-2.0
// What evaluating a condition costs, relatively. Cheap sides of `&&` and `||` go first; reading a
// field has no side effect, so the order never changes a result.

import type {
  BoolNode,
  IntegerNode,
  IpNode,
  ListNode,
  StringMatcher,
  StringNode,
  ValueNode,
  ValueSource,
} from '../2-check/typed.ts';

/** Weights beside the cost of the fields, as rule authors know them. */
const weights = {
  comparison: 1,
  call: 5,
  inArray: 10,
  variable: 50,
  pattern: 80,
  regexp: 100,
  inPatternArray: 1000,
  iterator: 2000,
} as const;

function sum<Item>(items: readonly Item[], estimate: (item: Item) => number): number {
  return items.reduce((total, item) => total + estimate(item), 0);
}

function estimateList(list: ListNode): number {
  return list.from === 'variable' ? weights.variable : list.field.cost;
}

function estimateSource(source: ValueSource): number {
  switch (source.from) {
    case 'field':
    case 'register':
      return source.field.cost;
    case 'index':
      return estimateList(source.list);
    case 'element':
      return 1;
    case 'variable':
    case 'uuid':
      return weights.variable;
  }
}

function estimateValue(value: ValueNode): number {
  switch (value.type) {
    case 'bool':
      return estimateCost(value.node);
    case 'int':
      return estimateInteger(value.node);
    case 'string':
      return estimateString(value.node);
    case 'ip':
      return estimateIp(value.node);
    case 'list':
      return estimateList(value.node);
    case 'values':
      return 0;
  }
}

function estimateString(node: StringNode): number {
  switch (node.kind) {
    case 'string':
      return 0;
    case 'string-value':
      return estimateSource(node.source);
    case 'string-template':
      return weights.call + sum(node.parts, estimateValue);
    case 'lower-case':
    case 'root-domain':
      return weights.call + estimateString(node.of);
  }
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
      return weights.variable;
    case 'string-length':
      return estimateString(node.of);
    case 'integer-operation':
      return 1 + estimateInteger(node.left) + estimateInteger(node.right);
  }
}

function estimateIp(node: IpNode): number {
  return node.kind === 'ip' ? 0 : estimateSource(node.source);
}

function estimateMatchers(matchers: readonly StringMatcher[]): number {
  const wild = matchers.find((matcher) => matcher.kind !== 'exact');
  if (wild === undefined) return matchers.length === 1 ? weights.comparison : weights.inArray;
  if (matchers.length > 1) return weights.inPatternArray;
  return wild.kind === 'regexp' ? weights.regexp : weights.pattern;
}

function estimateAnew(node: BoolNode): number {
  switch (node.kind) {
    case 'bool':
      return 0;
    case 'bool-value':
      return estimateSource(node.source);
    case 'not':
      return estimateCost(node.operand);
    case 'and':
    case 'or':
      return sum(node.operands, estimateCost);
    case 'same-bool':
      return estimateCost(node.left) + estimateCost(node.right);
    case 'order':
      return weights.comparison + estimateInteger(node.left) + estimateInteger(node.right);
    case 'one-of':
      return weights.inArray + estimateInteger(node.subject);
    case 'same-string':
      return weights.comparison + estimateString(node.left) + estimateString(node.right);
    case 'string-match':
      return estimateMatchers(node.matchers) + estimateString(node.subject);
    case 'ip-match':
      return weights.inArray + estimateIp(node.subject) + sum(node.nets, estimateIp);
    case 'any':
      return weights.iterator + estimateList(node.list) + estimateCost(node.condition);
    case 'exists':
      return weights.iterator + estimateCost(node.condition);
  }
}

const estimates = new WeakMap<BoolNode, number>();

/** Estimates the cost of a condition. */
export function estimateCost(node: BoolNode): number {
  let estimate = estimates.get(node);
  if (estimate === undefined) {
    estimate = estimateAnew(node);
    estimates.set(node, estimate);
  }
  return estimate;
}

/** Returns the operands of `&&` or `||`, cheap ones first, equal ones in the order written. */
export function orderByCost(operands: readonly BoolNode[]): readonly BoolNode[] {
  return operands.toSorted((left, right) => estimateCost(left) - estimateCost(right));
}
