// SPDX-License-Identifier: Apache-2.0
// Comparisons, in their positive form; the caller puts `not` around `!=`, `!~` and `not in`.
// A list on either side is bound element by element, so `F != v` comes out as "no element equals".

import { fromByteString, toByteString } from '@fimbul/schema';
import { RE2JS } from 're2js';
import type { TextTree } from '../1-parse/tree.ts';
import type { Span } from '../source-text.ts';
import { matchesGlob, matchesPattern } from './glob.ts';
import { makeMatcher, type PlainMeaning } from './matchers.ts';
import { describeOperand, type Operand, report, type Scope } from './operand.ts';
import { checkMember, checkRange } from './ranges.ts';
import { makeAge, makeElement, makeElementLength } from './resolve-name.ts';
import type { BoolNode, OrderOperator, StringMatcher, StringNode } from './typed.ts';
import { combine, getValueField, negate } from './typed.ts';

export type PositiveOperator = OrderOperator | '=~';

export type Comparison = {
  readonly operator: PositiveOperator;
  /** As the author wrote it, for messages. */
  readonly written: string;
  readonly negated: boolean;
  readonly span: Span;
};

type OperandOf<Type extends Operand['type']> = Extract<Operand, { readonly type: Type }>;
type ListOperand = OperandOf<'list'> | OperandOf<'lengths'>;

function isListField(operand: Operand): operand is ListOperand {
  return operand.type === 'list' || operand.type === 'lengths';
}

/** Binds the elements of a list field and checks the condition for one of them. */
function bindAny(
  scope: Scope,
  list: ListOperand,
  span: Span,
  check: (element: Operand) => BoolNode | null,
): BoolNode | null {
  const binding = scope.bindings++;
  const make = list.type === 'list' ? makeElement : makeElementLength;
  const condition = check(make(list.list, binding, list.span));
  return condition && { kind: 'any', list: list.list, binding, condition, span };
}

/** True for any element of a list of booleans. */
export function anyElement(scope: Scope, list: ListOperand): BoolNode | null {
  return bindAny(scope, list, list.span, (element) =>
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
  const { span } = comparison;
  if (isListField(left)) {
    return bindAny(scope, left, span, (element) => compare(scope, comparison, element, right));
  }
  if (isListField(right)) {
    return bindAny(scope, right, span, (element) => compare(scope, comparison, left, element));
  }
  if (left.type === 'integer' && right.type === 'integer') {
    return compareIntegers(scope, comparison, left, right);
  }
  if (left.type === 'bool' && right.type === 'bool')
    return compareBools(scope, comparison, left, right);
  const textual = comparison.operator === '==' || comparison.operator === '=~';
  if (!textual) return rejectTypes(scope, comparison, left, right);
  if (left.type === 'text' && right.type === 'text')
    return compareTexts(scope, comparison, left, right);
  if (left.type === 'string' && right.type === 'text')
    return compareText(scope, comparison, left, right);
  if (left.type === 'text' && right.type === 'string') {
    if (comparison.operator === '=~' && left.style === 'string') return rejectPattern(scope, right);
    return compareText(scope, comparison, right, left);
  }
  if (left.type === 'string' && right.type === 'string') {
    if (comparison.operator === '=~') return rejectPattern(scope, right);
    return { kind: 'same-string', left: left.node, right: right.node, span };
  }
  return rejectTypes(scope, comparison, left, right);
}

function rejectTypes(scope: Scope, comparison: Comparison, left: Operand, right: Operand): null {
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

function isTextual({ type }: Operand): boolean {
  return type === 'string' || type === 'text';
}

function suggestOperator(left: Operand, right: Operand): string {
  if (right.type === 'texts') return isTextual(left) ? listAdvice : memberAdvice;
  if (right.type === 'integers') return left.type === 'integer' ? listAdvice : memberAdvice;
  if (isTextual(left) && isTextual(right)) return 'strings compare by ==, !=, =~, !~ and in';
  if (left.type === 'bool' && right.type === 'bool') return 'booleans compare by == and !=';
  return 'both sides need the same type';
}

function rejectPattern(scope: Scope, operand: Operand): null {
  report(scope, 'FR1203', { found: describeOperand(operand) }, operand.span);
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

function compareIntegers(
  scope: Scope,
  comparison: Comparison,
  left: OperandOf<'integer'>,
  right: OperandOf<'integer'>,
): BoolNode | null {
  const { operator, span } = comparison;
  if (operator === '=~') return rejectTypes(scope, comparison, left, right);
  const leftNode = right.unit === 'duration' ? toAge(scope, comparison, left) : left.node;
  const rightNode = left.unit === 'duration' ? toAge(scope, comparison, right) : right.node;
  if (leftNode === null || rightNode === null) return null;
  if (leftNode.kind === 'integer' && rightNode.kind === 'integer') {
    return { kind: 'bool', value: holds(operator, leftNode.value, rightNode.value) };
  }
  const node = { kind: 'order', operator, left: leftNode, right: rightNode, span } as const;
  return checkRange(scope, comparison, left, right) ? node : null;
}

/** A field against a duration means its age; a computed difference is compared as it is. */
function toAge(scope: Scope, comparison: Comparison, operand: OperandOf<'integer'>) {
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

function compareText(
  scope: Scope,
  comparison: Comparison,
  subject: OperandOf<'string'>,
  text: OperandOf<'text'>,
): BoolNode | null {
  const matcher = makeMatcher(scope, text, plainMeaning(comparison), getStringField(subject.node));
  if (matcher === null) return null;
  const { span } = comparison;
  return { kind: 'string-match', subject: subject.node, matchers: [matcher], span };
}

function getStringField(node: StringNode) {
  return node.kind === 'string-value' ? getValueField(node.source) : null;
}

function plainMeaning(comparison: Comparison): PlainMeaning {
  if (comparison.operator === '=~') return 'pattern';
  return comparison.negated ? 'exact-negated' : 'exact';
}

/** Compares two literals, of which at most one is a pattern. */
function compareTexts(
  scope: Scope,
  comparison: Comparison,
  left: OperandOf<'text'>,
  right: OperandOf<'text'>,
): BoolNode | null {
  if (left.style !== 'string' && right.style !== 'string') {
    return rejectTypes(scope, comparison, left, right);
  }
  const [value, literal] = left.style === 'string' ? [left, right] : [right, left];
  const matcher = makeMatcher(scope, literal, plainMeaning(comparison), null);
  if (matcher === null) return null;
  return { kind: 'bool', value: accepts(matcher, toByteString(value.text)) };
}

/** Matches a byte string at compile time. */
function accepts(matcher: StringMatcher, value: string): boolean {
  switch (matcher.kind) {
    case 'exact':
      return matcher.value === value;
    case 'glob':
      return matchesGlob(matcher.glob, value);
    case 'pattern':
      return matchesPattern(matcher.pattern, value);
    case 'regexp':
      return RE2JS.compile(matcher.regexp).test(fromByteString(value).text);
  }
}

/** Checks `left in right`; null when it has an error, which is then reported. */
export function compareMembership(
  scope: Scope,
  comparison: Comparison,
  left: Operand,
  right: Operand,
): BoolNode | null {
  if (left.type === 'failed' || right.type === 'failed') return null;
  if (isListField(right)) return compare(scope, comparison, left, right);
  if (right.type !== 'texts' && right.type !== 'integers') {
    const suggestion = 'compare single values with ==';
    const words = { expected: 'a list', found: describeOperand(right), suggestion };
    report(scope, 'FR1201', words, right.span);
    return null;
  }
  if (isListField(left)) {
    return bindAny(scope, left, comparison.span, (element) =>
      compareMembership(scope, comparison, element, right),
    );
  }
  if (right.type === 'integers' && left.type === 'integer') {
    const values = right.members.map((member) => member.value);
    if (left.node.kind === 'integer') {
      return { kind: 'bool', value: values.includes(left.node.value) };
    }
    if (!right.members.every((member) => checkMember(scope, comparison, left, member))) return null;
    return { kind: 'one-of', subject: left.node, values, span: comparison.span };
  }
  if (right.type === 'texts' && left.type === 'string') {
    return matchTexts(scope, comparison, left.node, right.members);
  }
  if (right.type === 'texts' && left.type === 'text') {
    const parts = right.members.map((member) =>
      compareTexts(scope, comparison, left, { type: 'text', ...member }),
    );
    return parts.every((part) => part !== null) ? combine('or', parts) : null;
  }
  return rejectTypes(scope, comparison, left, right);
}

function matchTexts(
  scope: Scope,
  comparison: Comparison,
  subject: StringNode,
  members: readonly TextTree[],
): BoolNode | null {
  const matchers = members.map((member) =>
    makeMatcher(scope, member, 'member', getStringField(subject)),
  );
  if (!matchers.every((matcher) => matcher !== null)) return null;
  return { kind: 'string-match', subject, matchers, span: comparison.span };
}
