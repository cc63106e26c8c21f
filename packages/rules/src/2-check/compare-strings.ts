// SPDX-License-Identifier: Apache-2.0
// Comparisons of strings: of a value with a literal, of two values, of two literals. Domain names
// compare without regard to case: both sides are lowered.

import { fromByteString, toByteString } from '@fimbul/schema';
import { RE2JS } from 're2js';
import type { TextTree } from '../1-parse/tree.ts';
import type { Comparison } from './compare.ts';
import { matchesGlob, matchesPattern } from './glob.ts';
import {
  getLiteralMatchers,
  lowerBytes,
  type MatchStyle,
  makeMatcher,
  type PlainMeaning,
  warnTemplateStar,
} from './matchers.ts';
import type { OperandOf, TextsOperand } from './operand.ts';
import { type Scope, spendParts } from './scope.ts';
import {
  type BoolNode,
  combine,
  getValueField,
  isSameField,
  type StringMatcher,
  type StringNode,
} from './typed.ts';

type TextOperand = Pick<TextTree, 'text' | 'style' | 'span'>;

/** How the literals that a string is compared with are to be understood. */
function getMatchStyle(node: StringNode): MatchStyle {
  switch (node.kind) {
    case 'lower-case':
    case 'root-domain':
      return { match: 'pattern', isDomain: true };
    case 'string-value':
      return { match: getValueField(node.source)?.match ?? 'pattern', isDomain: false };
    case 'string':
    case 'string-template':
      return { match: 'pattern', isDomain: false };
  }
}

function plainMeaning(comparison: Comparison): PlainMeaning {
  if (comparison.operator === '=~') return 'pattern';
  return comparison.negated ? 'exact-negated' : 'exact';
}

/** Compares a value with a literal. */
export function compareText(
  scope: Scope,
  comparison: Comparison,
  subject: OperandOf<'string'>,
  text: TextOperand,
): BoolNode | null {
  const style = getMatchStyle(subject.node);
  const matcher = makeMatcher(scope, text, plainMeaning(comparison), style);
  if (matcher === null) return null;
  const { span } = comparison;
  return { kind: 'string-match', subject: subject.node, matchers: [matcher], span };
}

/** Compares two values. */
export function compareStrings(
  scope: Scope,
  comparison: Comparison,
  left: OperandOf<'string'>,
  right: OperandOf<'string'>,
): BoolNode {
  for (const { written, span } of [left, right]) {
    if (written !== undefined) warnTemplateStar(scope, written, span);
  }
  return makeSame(left.node, right.node, comparison);
}

function isLowered(node: StringNode): boolean {
  return node.kind === 'lower-case' || node.kind === 'root-domain';
}

function lower(node: StringNode): StringNode {
  if (isLowered(node)) return node;
  if (node.kind === 'string') return { kind: 'string', value: lowerBytes(node.value) };
  return { kind: 'lower-case', of: node };
}

function makeSame(left: StringNode, right: StringNode, { span }: Comparison): BoolNode {
  if (isSameValue(left, right)) return { kind: 'bool', value: true };
  if (!isLowered(left) && !isLowered(right)) return { kind: 'same-string', left, right, span };
  return { kind: 'same-string', left: lower(left), right: lower(right), span };
}

function isSameValue(left: StringNode, right: StringNode): boolean {
  if (left.kind === 'lower-case' && right.kind === 'lower-case') {
    return isSameValue(left.of, right.of);
  }
  if (left.kind !== 'string-value' || right.kind !== 'string-value') return false;
  return isSameField(left.source, right.source);
}

/** Compares two literals, of which at most one is a pattern. */
export function compareTexts(
  scope: Scope,
  comparison: Comparison,
  left: TextOperand,
  right: TextOperand,
): BoolNode | null {
  const [value, literal] = left.style === 'string' ? [left, right] : [right, left];
  const style: MatchStyle = { match: 'pattern', isDomain: false };
  const matcher = makeMatcher(scope, literal, plainMeaning(comparison), style);
  // Matching at compile time costs in the worst case the product of both lengths.
  const cost = (value.text.length * literal.text.length) / 2 ** 20;
  if (matcher === null || !spendParts(scope, Math.floor(cost), literal.span)) return null;
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

/** Checks whether a value is in a list that is spelled out. */
export function matchTexts(
  scope: Scope,
  comparison: Comparison,
  subject: OperandOf<'string'>,
  list: TextsOperand,
): BoolNode | null {
  const { span } = comparison;
  const parts: BoolNode[] = [];
  if (list.literals.length > 0) {
    const matchers = getLiteralMatchers(scope, list, getMatchStyle(subject.node));
    if (matchers === null) return null;
    parts.push({ kind: 'string-match', subject: subject.node, matchers, span });
  }
  for (const template of list.templates) {
    warnTemplateStar(scope, template.written ?? '', template.span);
    parts.push(makeSame(subject.node, template.node, comparison));
  }
  return combine('or', parts);
}

/** Checks whether a literal is in a list that is spelled out. */
export function findText(
  scope: Scope,
  comparison: Comparison,
  text: OperandOf<'text'>,
  list: TextsOperand,
): BoolNode | null {
  // Every use of a list compares with all of its members again.
  if (!spendParts(scope, list.literals.length, comparison.span)) return null;
  const parts: (BoolNode | null)[] = list.literals.map((literal) =>
    compareTexts(scope, comparison, text, literal),
  );
  for (const template of list.templates) {
    const left: StringNode = { kind: 'string', value: toByteString(text.text) };
    parts.push(makeSame(left, template.node, comparison));
  }
  return parts.every((part) => part !== null) ? combine('or', parts) : null;
}
