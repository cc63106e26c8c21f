// SPDX-License-Identifier: Apache-2.0
// Comparisons, in their positive form; the caller puts `not` around `!=`, `!~` and `not in`.
// A list on either side is bound element by element, so `F != v` comes out as "no element equals".

import type { Span } from '../source-text.ts';
import { compareIntegers } from './compare-integers.ts';
import { compareNets, warnNetwork } from './compare-networks.ts';
import { compareStrings, compareText, compareTexts } from './compare-strings.ts';
import { describeOperand, type Operand, type OperandOf } from './operand.ts';
import { getElementShape, readDerived } from './read-value.ts';
import { report, type Scope } from './scope.ts';
import { type BoolNode, negate, type OrderOperator } from './typed.ts';

export type PositiveOperator = OrderOperator | '=~';

export type Comparison = {
  readonly operator: PositiveOperator;
  /** As the author wrote it, for messages. */
  readonly written: string;
  readonly negated: boolean;
  readonly span: Span;
};

export type PluralOperand = OperandOf<'list'> | OperandOf<'each'>;

/** True for values that are read one by one at run time. */
export function isPlural(operand: Operand): operand is PluralOperand {
  return operand.type === 'list' || operand.type === 'each';
}

/** Binds the elements of an operand and checks the condition for one of them. */
export function bindElements(
  scope: Scope,
  plural: PluralOperand,
  span: Span,
  check: (element: Operand) => BoolNode | null,
): BoolNode | null {
  const binding = scope.bindings++;
  if (plural.type === 'each') {
    const condition = check(plural.read(binding));
    return condition && { kind: 'exists', iterator: plural.iterator, binding, condition, span };
  }
  const { list, derivation } = plural;
  const condition = check(readDerived(derivation, { from: 'element', binding, list }, plural.span));
  return condition && { kind: 'any', list, binding, condition, span };
}

/** True for any element of a list of booleans. */
export function anyElement(scope: Scope, plural: PluralOperand): BoolNode | null {
  return bindElements(scope, plural, plural.span, (element) =>
    element.type === 'bool' ? element.node : null,
  );
}

/** Checks a comparison; null when it has an error, which is then reported. */
export function compare(
  scope: Scope,
  comparison: Comparison,
  left: Operand,
  right: Operand,
): BoolNode | null {
  if (left.type === 'failed' || right.type === 'failed') return null;
  const { span, operator } = comparison;
  if (isPlural(left)) {
    return bindElements(scope, left, span, (element) => compare(scope, comparison, element, right));
  }
  if (isPlural(right)) {
    return bindElements(scope, right, span, (element) => compare(scope, comparison, left, element));
  }
  if (left.type === 'integer' && right.type === 'integer' && operator !== '=~') {
    return compareIntegers(scope, { ...comparison, operator }, left, right);
  }
  if (left.type === 'bool' && right.type === 'bool') {
    return compareBools(scope, comparison, left, right);
  }
  if (left.type === 'ip' && right.type === 'ip' && operator === '==') {
    warnNetwork(scope, comparison, left, right);
    return compareNets('same', left.node, [right.node], span);
  }
  const isTextual = operator === '==' || operator === '=~';
  return isTextual
    ? compareTextual(scope, comparison, left, right)
    : rejectTypes(scope, comparison, left, right);
}

function compareTextual(
  scope: Scope,
  comparison: Comparison,
  left: Operand,
  right: Operand,
): BoolNode | null {
  const isForced = comparison.operator === '=~';
  if (left.type === 'text' && right.type === 'text') {
    if (left.style !== 'string' && right.style !== 'string') {
      return rejectTypes(scope, comparison, left, right);
    }
    return compareTexts(scope, comparison, left, right);
  }
  if (left.type === 'string' && right.type === 'text') {
    return compareText(scope, comparison, left, right);
  }
  if (left.type === 'text' && right.type === 'string') {
    if (isForced && left.style === 'string') return rejectPattern(scope, right);
    return compareText(scope, comparison, right, left);
  }
  if (left.type === 'string' && right.type === 'string') {
    return isForced ? rejectPattern(scope, right) : compareStrings(scope, comparison, left, right);
  }
  return rejectTypes(scope, comparison, left, right);
}

/** Reports that an operator cannot compare its sides. */
export function rejectTypes(
  scope: Scope,
  comparison: Comparison,
  left: Operand,
  right: Operand,
): null {
  const words = {
    operator: comparison.written,
    left: describeOperand(left),
    right: describeOperand(right),
    suggestion: suggestOperator(left, right),
  };
  report(scope, 'FR1202', words, right.span);
  return null;
}

const listAdvice = 'use in or not in for lists';
const memberAdvice = 'a list needs members of the same type as the value before it';

function isString({ type }: Operand): boolean {
  return type === 'string' || type === 'text';
}

function suggestOperator(left: Operand, right: Operand): string {
  if (right.type === 'texts') return isString(left) ? listAdvice : memberAdvice;
  if (right.type === 'integers') return left.type === 'integer' ? listAdvice : memberAdvice;
  if (right.type === 'ips') return left.type === 'ip' ? listAdvice : memberAdvice;
  if (isString(left) && isString(right)) return 'strings compare by ==, !=, =~, !~ and in';
  if (left.type === 'bool' && right.type === 'bool') return 'booleans compare by == and !=';
  if (left.type === 'ip' && right.type === 'ip') return 'networks compare by ==, !=, in and allin';
  return 'both sides need the same type';
}

/** Reports that what should be a pattern is no literal. */
export function rejectPattern(scope: Scope, operand: Operand): null {
  const found = describeOperand(operand);
  const isTemplate = operand.type === 'string' && operand.written !== undefined;
  const suggestion = isTemplate
    ? 'values are put into plain strings only, under ==, != and in'
    : 'use == to compare two fields';
  report(scope, 'FR1203', { found, suggestion }, operand.span);
  return null;
}

function compareBools(
  scope: Scope,
  comparison: Comparison,
  left: OperandOf<'bool'>,
  right: OperandOf<'bool'>,
): BoolNode | null {
  if (comparison.operator !== '==') return rejectTypes(scope, comparison, left, right);
  if (left.node.kind === 'bool') return left.node.value ? right.node : negate(right.node);
  if (right.node.kind === 'bool') return right.node.value ? left.node : negate(left.node);
  return { kind: 'same-bool', left: left.node, right: right.node, span: comparison.span };
}

/** The type of what an operand holds, one by one. */
export function getMemberType(operand: PluralOperand): Operand['type'] {
  if (operand.type === 'each') return operand.read(0).type;
  if (operand.derivation === 'length') return 'integer';
  const { type } = getElementShape(operand.list);
  return type === 'int' ? 'integer' : type;
}
