// SPDX-License-Identifier: Apache-2.0
// Comparisons of integers. A time field against a duration means its age; what is computed from
// times is compared as it is.

import type { Span } from '../source-text.ts';
import type { OperandOf } from './operand.ts';
import { checkRange } from './ranges.ts';
import { makeAge } from './read-value.ts';
import { report, type Scope } from './scope.ts';
import { warnConstants, warnMoment, warnResult } from './slips.ts';
import {
  type BoolNode,
  getValueField,
  type IntegerNode,
  isSameField,
  type OrderOperator,
} from './typed.ts';

export type IntegerComparison = {
  readonly operator: OrderOperator;
  /** As the author wrote it, for messages. */
  readonly written: string;
  readonly negated: boolean;
  readonly span: Span;
};

type IntegerOperand = OperandOf<'integer'>;

/** Checks a comparison; null when it has an error, which is then reported. */
export function compareIntegers(
  scope: Scope,
  comparison: IntegerComparison,
  left: IntegerOperand,
  right: IntegerOperand,
): BoolNode | null {
  const { operator, span } = comparison;
  const leftNode = right.unit === 'duration' ? toAge(scope, comparison, left) : left.node;
  const rightNode = left.unit === 'duration' ? toAge(scope, comparison, right) : right.node;
  if (leftNode === null || rightNode === null) return null;
  if (leftNode.kind === 'integer' && rightNode.kind === 'integer') {
    return { kind: 'bool', value: holds(operator, leftNode.value, rightNode.value) };
  }
  if (isSameValue(leftNode, rightNode)) return { kind: 'bool', value: operator.includes('=') };
  warnConstants(scope, left, right);
  warnMoment(scope, left, right);
  warnResult(scope, comparison, left, right);
  const node = { kind: 'order', operator, left: leftNode, right: rightNode, span } as const;
  return checkRange(scope, comparison, left, right) ? node : null;
}

/** A field and itself: `>=` holds, `>` does not. */
function isSameValue(left: IntegerNode, right: IntegerNode): boolean {
  if (left.kind !== 'integer-value' || right.kind !== 'integer-value') return false;
  return isSameField(left.source, right.source);
}

function toAge(
  scope: Scope,
  comparison: IntegerComparison,
  operand: IntegerOperand,
): IntegerNode | null {
  const { node } = operand;
  const field = node.kind === 'integer-value' ? getValueField(node.source) : null;
  if (field === null) return node;
  if (operand.unit === 'time' && comparison.operator !== '==') return makeAge(node);
  const words = { name: field.name, operator: comparison.written };
  report(scope, 'FR1205', words, operand.span);
  return null;
}

/** The order of two integers. */
export function holds(operator: OrderOperator, left: bigint, right: bigint): boolean {
  switch (operator) {
    case '==':
      return left === right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}
