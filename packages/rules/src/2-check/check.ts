// SPDX-License-Identifier: Apache-2.0
// From the tree of an expression to the typed tree, against the fields of the schema. Every error
// of an expression is found in one pass: what failed is a `failed` operand that nothing complains
// about again.

import type { Tree } from '../1-parse/tree.ts';
import { anyElement, type Comparison, compare, compareMembership } from './compare.ts';
import { makeInteger, makeOperation } from './intervals.ts';
import {
  depthMax,
  describeOperand,
  getElementType,
  type IntegerMember,
  type Operand,
  partsMax,
  report,
  type Scope,
} from './operand.ts';
import { resolveName } from './resolve-name.ts';
import { type BoolNode, combine, negate } from './typed.ts';

type TreeOf<Kind extends Tree['kind']> = Extract<Tree, { readonly kind: Kind }>;
type IntegerOperand = Extract<Operand, { readonly type: 'integer' }>;

/** Checks a tree of any type. */
export function checkTree(scope: Scope, tree: Tree): Operand {
  const { span } = tree;
  if (--scope.partsLeft < 0) {
    // Once is enough: from here on everything fails.
    if (!scope.problems.some(({ code }) => code === 'FR1006')) {
      report(scope, 'FR1006', { limit: String(partsMax) }, span);
    }
    return { type: 'failed', span };
  }
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
      return { type: 'integer', node: makeInteger(tree.value), unit: 'none', span };
    case 'duration':
      return { type: 'integer', node: makeInteger(tree.nanoseconds), unit: 'duration', span };
    case 'text':
      return { type: 'text', text: tree.text, style: tree.style, span };
    case 'list':
      return checkList(scope, tree);
    case 'unsupported':
      report(scope, 'FR1007', { feature: tree.feature }, span);
      return { type: 'failed', span };
  }
}

function toOperand(node: BoolNode | null, { span }: Tree): Operand {
  return node === null ? { type: 'failed', span } : { type: 'bool', node, span };
}

/** Checks that an operand is a boolean; null when not, which is then reported. */
export function toCondition(scope: Scope, operand: Operand, advice?: string): BoolNode | null {
  if (operand.type === 'bool') return operand.node;
  if (operand.type === 'list' && getElementType(operand.list) === 'bool')
    return anyElement(scope, operand);
  if (operand.type === 'failed') return null;
  const suggestion =
    operand.type === 'integer'
      ? 'compare it with a number, for example > 0'
      : (advice ?? 'compare it with something, for example by == or in');
  const words = { expected: 'a boolean', found: describeOperand(operand), suggestion };
  report(scope, 'FR1201', words, operand.span);
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
  if (tree.operator === 'allin') {
    report(scope, 'FR1007', { feature: 'allin is' }, tree.span);
    return null;
  }
  const negated = tree.operator === 'not in';
  const comparison: Comparison = {
    operator: '==',
    written: tree.operator,
    negated,
    span: tree.span,
  };
  const node = compareMembership(scope, comparison, left, right);
  return node && negated ? negate(node) : node;
}

/** Checks that an operand is one integer; null when not, which is then reported. */
function toInteger(scope: Scope, operand: Operand): IntegerOperand | null {
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

function checkArithmetic(scope: Scope, tree: TreeOf<'arithmetic'>): Operand {
  const { span } = tree;
  const left = toInteger(scope, checkTree(scope, tree.left));
  const right = toInteger(scope, checkTree(scope, tree.right));
  if (left === null || right === null) return { type: 'failed', span };
  const node = makeOperation(tree.operator, left.node, right.node);
  const isDuration = left.unit === 'duration' && right.unit === 'duration';
  return { type: 'integer', node, unit: isDuration ? 'duration' : 'none', span };
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
  const node =
    tree.operator === '-'
      ? makeOperation('-', makeInteger(0n), integer.node)
      : makeOperation('^', makeInteger(-1n), integer.node);
  return { type: 'integer', node, unit: integer.unit === 'duration' ? 'duration' : 'none', span };
}

/** The parser sees to it that the members of a list are of one kind. */
function checkList(scope: Scope, tree: TreeOf<'list'>): Operand {
  const { span } = tree;
  scope.partsLeft -= tree.members.length;
  const texts = tree.members.filter((member) => member.kind === 'text');
  if (texts.length === tree.members.length) return { type: 'texts', members: texts, span };
  const integers: IntegerMember[] = [];
  for (const member of tree.members) {
    const operand = member.kind === 'text' ? null : checkTree(scope, member);
    if (operand?.type === 'integer' && operand.node.kind === 'integer') {
      integers.push({ value: operand.node.value, span: member.span });
    } else if (operand !== null && operand.type !== 'failed') {
      const suggestion = 'a list holds literals or constants of one type';
      const words = { expected: 'a constant', found: describeOperand(operand), suggestion };
      report(scope, 'FR1201', words, member.span);
    }
  }
  if (integers.length !== tree.members.length) return { type: 'failed', span };
  return { type: 'integers', members: integers, span };
}
