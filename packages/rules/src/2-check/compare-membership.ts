// SPDX-License-Identifier: Apache-2.0
// `in`, `not in` and `allin`. What is on the right is a list that is spelled out, a list that is
// read at run time, or a single network.

import {
  bindElements,
  type Comparison,
  compare,
  getMemberType,
  isPlural,
  rejectTypes,
} from './compare.ts';
import { compareNets } from './compare-networks.ts';
import { findText, matchTexts } from './compare-strings.ts';
import { describeOperand, type Operand, type OperandOf } from './operand.ts';
import { checkMember } from './ranges.ts';
import { report, type Scope, spendParts } from './scope.ts';
import { warnMembers } from './slips.ts';
import { type BoolNode, type IpNode, type IpRelation, negate } from './typed.ts';

/** Checks `left in right`; null when it has an error, which is then reported. */
export function compareMembership(
  scope: Scope,
  comparison: Comparison,
  left: Operand,
  right: Operand,
): BoolNode | null {
  if (left.type === 'failed' || right.type === 'failed') return null;
  if (comparison.written === 'allin') return compareAll(scope, comparison, left, right);
  if (isPlural(right)) {
    if (getMemberType(right) !== 'ip') return compare(scope, comparison, left, right);
    return relate(scope, { ...comparison, relation: 'overlap' }, left, right);
  }
  const list = toList(right);
  if (list === null) {
    const suggestion = 'compare single values with ==';
    const words = { expected: 'a list', found: describeOperand(right), suggestion };
    report(scope, 'FR1201', words, right.span);
    return null;
  }
  if (isPlural(left)) {
    return bindElements(scope, left, comparison.span, (element) =>
      compareMembership(scope, comparison, element, right),
    );
  }
  if (list.type === 'ips') {
    return relate(scope, { ...comparison, relation: 'overlap' }, left, list);
  }
  if (list.type === 'integers') {
    if (left.type === 'integer') return matchIntegers(scope, comparison, left, list);
  } else {
    if (left.type === 'string') return matchTexts(scope, comparison, left, list);
    if (left.type === 'text') {
      const isPattern = left.style !== 'string';
      const second = list.literals.find(({ style }) => isPattern && style !== 'string');
      if (second) return rejectTypes(scope, comparison, left, { type: 'text', ...second });
      return findText(scope, comparison, left, list);
    }
  }
  return rejectTypes(scope, comparison, left, right);
}

type ListOperand = OperandOf<'texts'> | OperandOf<'integers'> | OperandOf<'ips'>;

/** A single network counts as a list; a field, which is one address, does not. */
function toList(operand: Operand): ListOperand | null {
  switch (operand.type) {
    case 'texts':
    case 'integers':
    case 'ips':
      return operand;
    case 'ip': {
      const { node, span } = operand;
      const isField = node.kind === 'ip-value' && node.source.from !== 'variable';
      return isField ? null : { type: 'ips', nets: [node], span };
    }
    default:
      return null;
  }
}

/** Looking at so many members (as a power of two) costs as much as another part. */
const membersPerPart = 6;

function matchIntegers(
  scope: Scope,
  comparison: Comparison,
  left: OperandOf<'integer'>,
  list: OperandOf<'integers'>,
): BoolNode | null {
  const { values, members } = list;
  const { node } = left;
  if (!spendParts(scope, members.length >> membersPerPart, list.span)) return null;
  if (node.kind === 'integer') return { kind: 'bool', value: values.includes(node.value) };
  if (!members.every((member) => checkMember(scope, comparison, left, member))) return null;
  warnMembers(scope, left, members);
  return { kind: 'one-of', subject: node, values, span: comparison.span };
}

/** Checks a relation of networks, of which each side may be one or many. */
function relate(
  scope: Scope,
  comparison: Comparison & { readonly relation: IpRelation },
  left: Operand,
  right: Operand,
): BoolNode | null {
  const { span } = comparison;
  if (isPlural(left)) {
    return bindElements(scope, left, span, (element) => relate(scope, comparison, element, right));
  }
  if (left.type !== 'ip') return rejectTypes(scope, comparison, left, right);
  if (isPlural(right)) {
    return bindElements(scope, right, span, (element) => relate(scope, comparison, left, element));
  }
  const nets = getNets(right);
  if (!spendParts(scope, (nets?.length ?? 0) >> membersPerPart, right.span)) return null;
  return nets && compareNets(comparison.relation, left.node, nets, span);
}

function getNets(operand: Operand): readonly IpNode[] | null {
  if (operand.type === 'ips') return operand.nets;
  return operand.type === 'ip' ? [operand.node] : null;
}

function isNetworks(operand: Operand): boolean {
  if (isPlural(operand)) return getMemberType(operand) === 'ip';
  return operand.type === 'ip' || operand.type === 'ips';
}

/** All of a list: none of it is outside. So all of an empty list is within anything. */
function compareAll(
  scope: Scope,
  comparison: Comparison,
  left: Operand,
  right: Operand,
): BoolNode | null {
  if (!isNetworks(left) || !isNetworks(right)) {
    const words = { left: describeOperand(left), right: describeOperand(right) };
    report(scope, 'FR1206', words, comparison.span);
    return null;
  }
  const within = { ...comparison, relation: 'within' } as const;
  if (!isPlural(left)) return relate(scope, within, left, right);
  const outside = bindElements(scope, left, comparison.span, (element) => {
    const isInside = relate(scope, within, element, right);
    return isInside && negate(isInside);
  });
  return outside && negate(outside);
}
