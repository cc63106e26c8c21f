// SPDX-License-Identifier: Apache-2.0
// Expressions that are valid and most likely not meant: each is told with what to write instead.
// A warning is worth having only when the correct idioms never give it.

import {
  type ConstantGroup,
  constantGroups,
  type FieldSpec,
  integerConstants,
} from '@fimbul/schema';
import type { TextTree } from '../1-parse/tree.ts';
import { quote } from '../diagnostics.ts';
import type { Span } from '../source-text.ts';
import type { IntegerMember, OperandOf } from './operand.ts';
import { report, type Scope } from './scope.ts';
import { getValueField, type IntegerNode } from './typed.ts';

type IntegerOperand = OperandOf<'integer'>;

/** `0644` is six hundred and forty-four: there are no octal numbers. */
export function warnZeros(scope: Scope, value: bigint, span: Span): void {
  const text = span.source.text.slice(span.start, Math.min(span.end, span.start + 40));
  if (!/^[-+]?0\d/.test(text)) return;
  report(scope, 'FR2004', { text, value: String(value) }, span);
}

/** Error constants are negative already. */
export function warnNegatedError(scope: Scope, { constants }: IntegerOperand, span: Span): void {
  const [constant, another] = constants ?? [];
  if (!constant || another || !Object.hasOwn(constantGroups.errors, constant.name)) return;
  const { name, value } = constant;
  report(scope, 'FR2005', { name, value: String(value), negated: String(-value) }, span);
}

/** The field whose bits an integer is made of, where the schema says what its values mean. */
function findConstantField(node: IntegerNode): FieldSpec | null {
  if (node.kind === 'integer-value') {
    const field = getValueField(node.source);
    return field?.constants ? field : null;
  }
  if (node.kind !== 'integer-operation' || node.operator === '+' || node.operator === '-') {
    return null;
  }
  return findConstantField(node.left) ?? findConstantField(node.right);
}

/** Warns of constants that have nothing to do with the field on the other side. */
export function warnConstants(scope: Scope, left: IntegerOperand, right: IntegerOperand): void {
  warnForeign(scope, left, right.constants ?? [], right.span);
  warnForeign(scope, right, left.constants ?? [], left.span);
}

function warnForeign(
  scope: Scope,
  subject: IntegerOperand,
  constants: readonly { readonly name: string }[],
  span: Span,
): void {
  if (constants.length === 0) return;
  const field = findConstantField(subject.node);
  if (field === null || field.constants === null) return;
  const group: ConstantGroup = constantGroups[field.constants];
  const foreign = constants.find(({ name }) => !Object.hasOwn(group, name));
  if (!foreign) return;
  const examples = Object.keys(group).slice(0, 3).join(', ');
  report(scope, 'FR2006', { name: foreign.name, field: field.name, examples }, span);
}

const errorNames: ReadonlyMap<bigint, string> = new Map(
  Object.entries(constantGroups.errors).map(([name, value]) => [-value, name]),
);

/** Warns of results that are compared with an error number without its sign. */
export function warnResult(
  scope: Scope,
  comparison: { readonly operator: string },
  left: IntegerOperand,
  right: IntegerOperand,
): void {
  if (comparison.operator !== '==') return;
  const [subject, literal] = left.node.kind === 'integer' ? [right, left] : [left, right];
  if (literal.node.kind !== 'integer' || literal.constants?.length) return;
  warnErrorNumber(scope, subject, literal.node.value, literal.span);
}

function warnErrorNumber(scope: Scope, subject: IntegerOperand, value: bigint, span: Span): void {
  const { node } = subject;
  const field = node.kind === 'integer-value' ? getValueField(node.source) : null;
  const name = errorNames.get(value);
  if (field?.constants !== 'errors' || name === undefined) return;
  const words = { value: String(value), field: field.name, name };
  report(scope, 'FR2007', words, span);
}

/** Warns about members of a list of integers. */
export function warnMembers(
  scope: Scope,
  subject: IntegerOperand,
  members: readonly IntegerMember[],
): void {
  if (findConstantField(subject.node) === null) return;
  for (const { name, value, span } of members) {
    if (name === null) warnErrorNumber(scope, subject, value, span);
    else warnForeign(scope, subject, [{ name }], span);
  }
}

/** The moment 10^15 ns after 1970 was in its second week. */
const earlyMoment = 1_000_000_000_000_000n;

/** Warns of moments that are compared with time spans. */
export function warnMoment(scope: Scope, left: IntegerOperand, right: IntegerOperand): void {
  for (const [subject, other] of [
    [left, right],
    [right, left],
  ] as const) {
    if (other.node.kind !== 'integer' || other.constants?.length) continue;
    const { value } = other.node;
    const isSpan = value > 0n && value < earlyMoment;
    const isSlip =
      subject.unit === 'moment'
        ? other.unit === 'duration' || isSpan
        : subject.unit === 'time' && other.unit === 'none' && isSpan;
    if (isSlip) report(scope, 'FR2010', {}, subject.span);
  }
}

/** Warns of patterns that look like another kind of pattern. */
export function warnPattern(
  scope: Scope,
  { text, span }: Pick<TextTree, 'text' | 'span'>,
  plain: string,
  match: 'glob' | 'pattern',
): void {
  const written = quote(text);
  if (text === '') {
    report(scope, 'FR2013', {}, span);
  } else if (/^\^|[^\\/]\.\*|\.\+|\\[.dws]|.\$$/.test(text) && !isFileEnding(text)) {
    report(scope, 'FR2008', { text: written, suggestion: `r${written}` }, span);
  } else if (match === 'glob' && /[?]|\{[^{}]*,[^{}]*\}/.test(text)) {
    report(scope, 'FR2012', { text: written }, span);
  } else if (plain === 'pattern' && !text.includes('*')) {
    report(scope, 'FR2009', { text: written }, span);
  }
}

/** `/etc/rc.*` and `*.conf.*` are about the dots of names. */
function isFileEnding(text: string): boolean {
  return !/^\^|\.\+|\\[.dws]|.\$$/.test(text) && !/\.\*[^.*/]|\.\*.*\.\*/.test(text);
}

/** Names of constants and words, which a macro cannot take. */
export function describeReserved(name: string): string | null {
  if (integerConstants.has(name)) return 'a constant';
  const words = ['true', 'false', 'and', 'or', 'not', 'in', 'allin'];
  return words.includes(name) ? 'a word' : null;
}
