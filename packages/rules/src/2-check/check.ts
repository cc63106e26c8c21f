// SPDX-License-Identifier: Apache-2.0
// From the tree of an expression to the typed tree, against the fields of the schema. Every error
// of an expression is found in one pass: what failed is a `failed` operand that nothing complains
// about again.

import type { Tree } from '../1-parse/tree.ts';
import { checkList } from './check-list.ts';
import { checkParts, checkPlaceholder } from './check-template.ts';
import { anyElement, type Comparison, compare, isPlural, rejectPattern } from './compare.ts';
import { compareMembership } from './compare-membership.ts';
import { makeInteger, makeOperation } from './intervals.ts';
import { describeOperand, type NamedConstant, type Operand, type OperandOf } from './operand.ts';
import { resolveName } from './resolve-name.ts';
import { depthMax, report, type Scope, spendParts } from './scope.ts';
import { warnConstants, warnNegatedError, warnZeros } from './slips.ts';
import { type BoolNode, combine, negate } from './typed.ts';

type TreeOf<Kind extends Tree['kind']> = Extract<Tree, { readonly kind: Kind }>;

/** Checks a tree of any type. */
export function checkTree(scope: Scope, tree: Tree): Operand {
  const { span } = tree;
  // Once is enough: from here on everything fails.
  if (!spendParts(scope, 1, span)) return { type: 'failed', span };
  if (scope.depth >= depthMax) {
    report(scope, 'FR1005', { limit: String(depthMax) }, span);
    return { type: 'failed', span };
  }
  scope.depth++;
  const operand = checkNode(scope, tree);
  scope.depth--;
  return operand;
}

function checkNode(scope: Scope, tree: Tree): Operand {
  const { span } = tree;
  switch (tree.kind) {
    case 'logic':
      return toOperand(checkLogic(scope, tree), tree);
    case 'comparison':
      return toOperand(checkComparison(scope, tree), tree);
    case 'membership':
      return toOperand(checkMembership(scope, tree), tree);
    case 'arithmetic':
      return checkArithmetic(scope, tree);
    case 'unary':
      return checkUnary(scope, tree);
    case 'identifier':
      return resolveName(scope, tree.name, span, (macro) => checkTree(scope, macro));
    case 'integer':
      warnZeros(scope, tree.value, span);
      return { type: 'integer', node: makeInteger(tree.value), unit: 'none', span };
    case 'duration':
      return { type: 'integer', node: makeInteger(tree.nanoseconds), unit: 'duration', span };
    case 'text':
      return { type: 'text', text: tree.text, style: tree.style, span };
    case 'template':
      return checkTemplate(scope, tree);
    case 'variable':
    case 'reference':
      return checkPlaceholder(scope, tree);
    case 'network':
      return { type: 'ip', node: { kind: 'ip', net: tree.net }, span };
    case 'list':
      return checkList(scope, tree, (member) => checkTree(scope, member));
  }
}

function toOperand(node: BoolNode | null, { span }: Tree): Operand {
  return node === null ? { type: 'failed', span } : { type: 'bool', node, span };
}

/** Checks that an operand is a boolean; null when not, which is then reported. */
export function toCondition(scope: Scope, operand: Operand, advice?: string): BoolNode | null {
  if (operand.type === 'bool') return operand.node;
  if (operand.type === 'failed') return null;
  const found = describeOperand(operand);
  if (isPlural(operand) && found === 'a list of booleans') return anyElement(scope, operand);
  const suggestion =
    operand.type === 'integer'
      ? 'compare it with a number, for example > 0'
      : (advice ?? 'compare it with something, for example by == or in');
  report(scope, 'FR1201', { expected: 'a boolean', found, suggestion }, operand.span);
  return null;
}

function checkLogic(scope: Scope, tree: TreeOf<'logic'>): BoolNode | null {
  const operands = tree.operands.map((operand) => toCondition(scope, checkTree(scope, operand)));
  return operands.every((operand) => operand !== null) ? combine(tree.operator, operands) : null;
}

function checkComparison(scope: Scope, tree: TreeOf<'comparison'>): BoolNode | null {
  const left = checkTree(scope, tree.left);
  const right = checkTree(scope, tree.right);
  const negated = tree.operator === '!=' || tree.operator === '!~';
  const operator = tree.operator === '!=' ? '==' : tree.operator === '!~' ? '=~' : tree.operator;
  const comparison: Comparison = { operator, written: tree.operator, negated, span: tree.span };
  const node = compare(scope, comparison, left, right);
  return node && negated ? negate(node) : node;
}

function checkMembership(scope: Scope, tree: TreeOf<'membership'>): BoolNode | null {
  const left = checkTree(scope, tree.left);
  const right = checkTree(scope, tree.right);
  const negated = tree.operator === 'not in';
  const { operator: written, span } = tree;
  const node = compareMembership(scope, { operator: '==', written, negated, span }, left, right);
  return node && negated ? negate(node) : node;
}

/** A string with values in it; patterns are compiled before there are values. */
function checkTemplate(scope: Scope, tree: TreeOf<'template'>): Operand {
  const { span, text, style } = tree;
  const node = checkParts(scope, tree.parts);
  if (node === null) return { type: 'failed', span };
  const operand = { type: 'string', node, written: text, span } as const;
  if (style === 'string') return operand;
  rejectPattern(scope, operand);
  return { type: 'failed', span };
}

/** Checks that an operand is one integer; null when not, which is then reported. */
function toInteger(scope: Scope, operand: Operand): OperandOf<'integer'> | null {
  if (operand.type === 'integer') return operand;
  if (operand.type === 'failed') return null;
  const words = {
    expected: 'an integer',
    found: describeOperand(operand),
    suggestion: 'arithmetic is for single integers',
  };
  report(scope, 'FR1201', words, operand.span);
  return null;
}

type Unit = OperandOf<'integer'>['unit'];

/** Moments differ by a plain number; a moment and a time span give another moment. */
function combineUnits(operator: TreeOf<'arithmetic'>['operator'], left: Unit, right: Unit): Unit {
  if (left === 'duration' && right === 'duration') return 'duration';
  const isLeftMoment = left === 'time' || left === 'moment';
  const isRightMoment = right === 'time' || right === 'moment';
  if (operator !== '+' && operator !== '-') return 'none';
  if (isLeftMoment && isRightMoment) return 'none';
  return isLeftMoment || (isRightMoment && operator === '+') ? 'moment' : 'none';
}

function checkArithmetic(scope: Scope, tree: TreeOf<'arithmetic'>): Operand {
  const { operator, span } = tree;
  const left = toInteger(scope, checkTree(scope, tree.left));
  const right = toInteger(scope, checkTree(scope, tree.right));
  if (left === null || right === null) return { type: 'failed', span };
  const node = makeOperation(operator, left.node, right.node);
  const unit = combineUnits(operator, left.unit, right.unit);
  if (operator === '+' || operator === '-') return { type: 'integer', node, unit, span };
  warnConstants(scope, left, right);
  const constants: readonly NamedConstant[] =
    node.kind === 'integer' ? [...(left.constants ?? []), ...(right.constants ?? [])] : [];
  return { type: 'integer', node, unit, constants, span };
}

function checkUnary(scope: Scope, tree: TreeOf<'unary'>): Operand {
  const { span } = tree;
  const operand = checkTree(scope, tree.operand);
  if (tree.operator === '!') {
    const advice = '! and not bind to one value: the opposite of in is written not in';
    const condition = toCondition(scope, operand, advice);
    return toOperand(condition && negate(condition), tree);
  }
  const integer = toInteger(scope, operand);
  if (integer === null) return { type: 'failed', span };
  const unit = integer.unit === 'duration' ? 'duration' : 'none';
  if (tree.operator === '^') {
    const node = makeOperation('^', makeInteger(-1n), integer.node);
    return { type: 'integer', node, unit, constants: integer.constants ?? [], span };
  }
  warnNegatedError(scope, integer, span);
  const node = makeOperation('-', makeInteger(0n), integer.node);
  return { type: 'integer', node, unit, constants: integer.constants ?? [], span };
}
