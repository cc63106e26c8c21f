// SPDX-License-Identifier: Apache-2.0
// The grammar, one function for each of its levels. Two things differ from most languages and are
// meant: `&&` and `||` have the same precedence and associate to the right, so `a && b || c` is
// `a && (b || c)`; and bit operators bind tighter than `+`, `-` and comparisons.

import type { Diagnostic } from '../diagnostics.ts';
import type { ExpressionText } from '../source-text.ts';
import {
  accept,
  acceptWord,
  advance,
  type Cursor,
  fail,
  failExpected,
  isNext,
  isWord,
  nestingLevelsMax,
  peek,
  spanFrom,
} from './cursor.ts';
import { type TokenKind, tokenize } from './lexer.ts';
import { parseList, parseLiteral } from './literals.ts';
import type { BitOperator, ComparisonOperator, Tree } from './tree.ts';

export type Parsed =
  | { readonly tree: Tree; readonly problem: null }
  | { readonly tree: null; readonly problem: Diagnostic };

/** Parses the expression of a rule. */
export function parseExpression(source: ExpressionText): Parsed {
  return parseWith(source, parseLogic);
}

/** Parses the expression of a macro, which may also be a list. */
export function parseMacro(source: ExpressionText): Parsed {
  return parseWith(source, (cursor) =>
    isNext(cursor, '[') ? parseList(cursor) : parseLogic(cursor),
  );
}

function parseWith(source: ExpressionText, parse: (cursor: Cursor) => Tree | null): Parsed {
  const { tokens, problem } = tokenize(source);
  if (problem) return { tree: null, problem };
  const cursor: Cursor = { source, tokens, index: 0, depth: 0, sumTerms: 0, problem: null };
  const tree = parse(cursor);
  if (tree && peek(cursor).kind !== 'end') failExpected(cursor, 'an operator or the end');
  if (tree && cursor.problem === null) return { tree, problem: null };
  // A parse function returns null only after it recorded a problem.
  return { tree: null, problem: cursor.problem as Diagnostic };
}

function acceptLogicOperator(cursor: Cursor): 'and' | 'or' | null {
  if (accept(cursor, '&&') || acceptWord(cursor, 'and')) return 'and';
  if (accept(cursor, '||') || acceptWord(cursor, 'or')) return 'or';
  return null;
}

function parseLogic(cursor: Cursor): Tree | null {
  const operands: Tree[] = [];
  const operators: ('and' | 'or')[] = [];
  const { depth } = cursor;
  for (;;) {
    const operand = parseComparison(cursor);
    if (!operand) return null;
    operands.push(operand);
    const operator = acceptLogicOperator(cursor);
    if (operator === null) break;
    // What follows another operator stands one level deeper in the tree.
    if (operator !== operators.at(-1) && ++cursor.depth > nestingLevelsMax) {
      return fail(cursor, 'FR1005', { limit: String(nestingLevelsMax) }, peek(cursor));
    }
    operators.push(operator);
  }
  cursor.depth = depth;
  return foldLogic(cursor, operands, operators);
}

/** Builds `a op (b op (c …))`; equal neighbouring operators share one node. */
function foldLogic(
  cursor: Cursor,
  operands: readonly Tree[],
  operators: readonly ('and' | 'or')[],
): Tree {
  const { source } = cursor;
  // The lists are never empty: the loop that fills them reads an operand first.
  let index = operands.length - 1;
  let tree = operands[index] as Tree;
  while (index > 0) {
    const operator = operators[index - 1] as 'and' | 'or';
    const group: Tree[] = [tree];
    while (index > 0 && operators[index - 1] === operator) {
      index--;
      group.push(operands[index] as Tree);
    }
    group.reverse();
    const span = { source, start: (group[0] as Tree).span.start, end: tree.span.end };
    tree = { kind: 'logic', operator, operands: group, span };
  }
  return tree;
}

const comparisonOperators: readonly ComparisonOperator[] = [
  '>=',
  '<=',
  '!=',
  '==',
  '=~',
  '!~',
  '>',
  '<',
];

/** Reads an operator; before a pattern literal the `~` of `=~` is part of the literal's token. */
function acceptComparisonOperator(cursor: Cursor): ComparisonOperator | null {
  for (const operator of comparisonOperators) {
    if (accept(cursor, operator)) return operator;
  }
  if (peek(cursor, 1).kind === 'pattern') {
    if (accept(cursor, '=')) return '=~';
    if (accept(cursor, '!')) return '!~';
  }
  return null;
}

/** Runs a parse one level deeper, or fails when that is too deep. */
function nested(cursor: Cursor, parse: (cursor: Cursor) => Tree | null): Tree | null {
  if (cursor.depth >= nestingLevelsMax) {
    return fail(cursor, 'FR1005', { limit: String(nestingLevelsMax) }, peek(cursor));
  }
  cursor.depth++;
  const tree = parse(cursor);
  cursor.depth--;
  return tree;
}

function parseComparison(cursor: Cursor): Tree | null {
  const { start } = peek(cursor);
  const left = parseSum(cursor);
  if (!left) return null;
  const operator = acceptComparisonOperator(cursor);
  if (operator) {
    const right = nested(cursor, parseComparison);
    if (!right) return null;
    return { kind: 'comparison', operator, left, right, span: spanFrom(cursor, start) };
  }
  const membership = acceptMembership(cursor);
  if (membership) {
    const right = parseArray(cursor);
    if (!right) return null;
    const span = spanFrom(cursor, start);
    return { kind: 'membership', operator: membership, left, right, span };
  }
  return left;
}

function acceptMembership(cursor: Cursor): 'in' | 'not in' | 'allin' | null {
  if (acceptWord(cursor, 'in')) return 'in';
  if (acceptWord(cursor, 'allin')) return 'allin';
  if (isWord(cursor, 'not') && isWord(cursor, 'in', 1)) {
    cursor.index += 2;
    return 'not in';
  }
  return null;
}

/** What may stand for a list: a name, and a single network. */
const listKinds: ReadonlySet<TokenKind> = new Set<TokenKind>([
  ...(['identifier', 'variable', 'reference', 'cidr', 'ip'] as const),
]);

function parseArray(cursor: Cursor): Tree | null {
  if (isNext(cursor, '[')) return parseList(cursor);
  if (listKinds.has(peek(cursor).kind)) return parseLiteral(cursor);
  return failExpected(cursor, 'a list');
}

function parseSum(cursor: Cursor): Tree | null {
  const { start } = peek(cursor);
  let left = parseBits(cursor);
  while (left && (isNext(cursor, '+') || isNext(cursor, '-'))) {
    const operator = advance(cursor).text as '+' | '-';
    if (++cursor.sumTerms > nestingLevelsMax) {
      return fail(cursor, 'FR1005', { limit: String(nestingLevelsMax) }, peek(cursor));
    }
    const right = parseBits(cursor);
    if (!right) return null;
    left = { kind: 'arithmetic', operator, left, right, span: spanFrom(cursor, start) };
  }
  return left;
}

function acceptBitOperator(cursor: Cursor): BitOperator | null {
  if (isNext(cursor, '&&') || isNext(cursor, '||')) return null;
  for (const operator of ['&', '|', '^'] as const) {
    if (accept(cursor, operator)) return operator;
  }
  return null;
}

function parseBits(cursor: Cursor): Tree | null {
  const { start } = peek(cursor);
  const left = parseUnary(cursor);
  if (!left) return null;
  const operator = acceptBitOperator(cursor);
  if (!operator) return left;
  const right = nested(cursor, parseBits);
  if (!right) return null;
  return { kind: 'arithmetic', operator, left, right, span: spanFrom(cursor, start) };
}

function parseUnary(cursor: Cursor): Tree | null {
  const { start } = peek(cursor);
  const operator =
    accept(cursor, '!') || acceptWord(cursor, 'not')
      ? '!'
      : accept(cursor, '-')
        ? '-'
        : accept(cursor, '^')
          ? '^'
          : null;
  if (operator === null) return parsePrimary(cursor);
  const operand = nested(cursor, parseUnary);
  if (!operand) return null;
  return { kind: 'unary', operator, operand, span: spanFrom(cursor, start) };
}

function parsePrimary(cursor: Cursor): Tree | null {
  if (!accept(cursor, '(')) return parseLiteral(cursor);
  const inner = nested(cursor, parseLogic);
  if (!inner) return null;
  if (!accept(cursor, ')')) return failExpected(cursor, '")"');
  return inner;
}
