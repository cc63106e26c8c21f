// SPDX-License-Identifier: Apache-2.0
// Comparisons that the bounds of a field already decide: a slip of the author, so they are named.

import type { FieldSpec } from '@fimbul/schema';
import type { Comparison } from './compare.ts';
import type { IntegerComparison } from './compare-integers.ts';
import type { IntegerMember, OperandOf } from './operand.ts';
import { report, type Scope } from './scope.ts';
import { getValueField, type IntegerNode, type Interval, type OrderOperator } from './typed.ts';

type IntegerOperand = OperandOf<'integer'>;

function getField(node: IntegerNode): FieldSpec | null {
  return node.kind === 'integer-value' ? getValueField(node.source) : null;
}

/** Identifiers are unsigned; a negative one was meant as "not set", which is another number. */
function isIdentifier(field: FieldSpec): boolean {
  return field.range[0] === 0n && field.style === 'number' && field.name.endsWith('id');
}

/** What the bounds say about `left operator right`; null when it depends on the values. */
export function decideOrder(
  operator: OrderOperator,
  left: Interval,
  right: Interval,
): boolean | null {
  switch (operator) {
    case '==':
      if (left.max < right.min || left.min > right.max) return false;
      return left.min === left.max && right.min === right.max ? true : null;
    case '<':
      return left.max < right.min ? true : left.min >= right.max ? false : null;
    case '<=':
      return left.max <= right.min ? true : left.min > right.max ? false : null;
    case '>':
      return decideOrder('<', right, left);
    case '>=':
      return decideOrder('<=', right, left);
  }
}

/** Checks a comparison of a field with a literal; false when it has an error. */
export function checkRange(
  scope: Scope,
  comparison: IntegerComparison,
  left: IntegerOperand,
  right: IntegerOperand,
): boolean {
  const field = getField(left.node) ?? getField(right.node);
  const literal = left.node.kind === 'integer' ? left : right;
  if (field === null || literal.node.kind !== 'integer') return true;
  if (literal.unit === 'duration') return true;
  const { value } = literal.node;
  const isEquality = comparison.operator === '==';
  if (isEquality && value < 0n && isIdentifier(field)) {
    report(scope, 'FR1204', { value: String(value), name: field.name }, literal.span);
    return false;
  }
  const decided = decideOrder(comparison.operator, left.node.interval, right.node.interval);
  if (decided !== null) {
    const result = decided !== comparison.negated;
    warn(scope, field, result, { value, span: literal.span });
  }
  return true;
}

/** Checks one member of a list of integers; false when it has an error. */
export function checkMember(
  scope: Scope,
  comparison: Comparison,
  subject: IntegerOperand,
  member: IntegerMember,
): boolean {
  const field = getField(subject.node);
  if (field === null) return true;
  if (member.value < 0n && isIdentifier(field)) {
    report(scope, 'FR1204', { value: String(member.value), name: field.name }, member.span);
    return false;
  }
  const [min, max] = field.range;
  if (member.value < min || member.value > max) warn(scope, field, comparison.negated, member);
  return true;
}

function warn(
  scope: Scope,
  field: FieldSpec,
  result: boolean,
  { value, span }: Pick<IntegerMember, 'value' | 'span'>,
): void {
  const [min, max] = field.range;
  const words = {
    value: String(value),
    result: String(result),
    name: field.name,
    min: String(min),
    max: String(max),
  };
  report(scope, 'FR2002', words, span);
}
