// SPDX-License-Identifier: Apache-2.0
// A second meaning of the language, for tests: it walks the tree as it was parsed and computes
// with untyped values, all integers as bigint. It shares nothing with the checker, the planner or
// the emitter, so that an error in one of them shows as a difference.

import { integerConstants } from '@fimbul/schema';
import type { Tree } from '../1-parse/tree.ts';
import { holds } from './interpret-compare.ts';
import { type Interpreter, listRegisters, readName, readVariable } from './interpret-names.ts';
import { type Each, parseNet, toText, type Value } from './interpret-values.ts';

export type { Interpreter } from './interpret-names.ts';
export type { EventValue, PlainEvent } from './interpret-values.ts';

/** Evaluates the tree of a rule: true for some choice of an element for each register. */
export function interpretRule(interpreter: Interpreter, tree: Tree): boolean {
  return listRegisters(interpreter, tree).some((registers) =>
    isTrue(evaluate({ ...interpreter, registers }, tree)),
  );
}

function isTrue(value: Value): boolean {
  if (value.kind === 'each') return value.values.some(isTrue);
  if (value.kind !== 'bool') throw new Error(`expected a boolean, found ${value.kind}`);
  return value.value;
}

function toInt(value: Value): bigint {
  if (value.kind !== 'int') throw new Error(`expected an integer, found ${value.kind}`);
  return value.value;
}

function bool(value: boolean): Value {
  return { kind: 'bool', value };
}

/** Evaluates a tree of any type. */
export function evaluate(interpreter: Interpreter, tree: Tree): Value {
  switch (tree.kind) {
    case 'logic': {
      const results = tree.operands.map((operand) => isTrue(evaluate(interpreter, operand)));
      return bool(tree.operator === 'and' ? results.every(Boolean) : results.some(Boolean));
    }
    case 'comparison':
      return evaluateComparison(interpreter, tree);
    case 'membership':
      return bool(evaluateMembership(interpreter, tree));
    case 'arithmetic':
      return evaluateArithmetic(interpreter, tree);
    case 'unary': {
      const operand = evaluate(interpreter, tree.operand);
      if (tree.operator === '!') return bool(!isTrue(operand));
      const value = tree.operator === '-' ? -toInt(operand) : ~toInt(operand);
      return { ...operand, kind: 'int', value: BigInt.asIntN(64, value) };
    }
    case 'identifier':
      return evaluateIdentifier(interpreter, tree.name);
    case 'variable':
      return readVariable(interpreter, tree.name);
    case 'reference':
      return readName(interpreter, tree.name);
    case 'integer':
      return { kind: 'int', value: tree.value };
    case 'duration':
      return { kind: 'int', value: tree.nanoseconds, duration: true };
    case 'text':
      return { kind: 'literal', tree };
    case 'template':
      return evaluateTemplate(interpreter, tree.text);
    case 'list':
      return { kind: 'each', values: tree.members.map((member) => evaluate(interpreter, member)) };
    case 'network':
      return { kind: 'ip', value: parseNet(tree.text) };
  }
}

const interpolation = /[$%]\{([A-Za-z_][A-Za-z0-9_.[\]]*)\}/g;

/** Finds the values in the text itself, not as the parser cut it. */
function evaluateTemplate(interpreter: Interpreter, text: string): Value {
  let value = '';
  let at = 0;
  for (const match of text.matchAll(interpolation)) {
    const read = match[0].startsWith('$') ? readVariable : readName;
    value += toText(text.slice(at, match.index)) + toText(read(interpreter, match[1] ?? ''));
    at = match.index + match[0].length;
  }
  return { kind: 'string', value: value + toText(text.slice(at)), glob: false, domain: false };
}

function evaluateComparison(
  interpreter: Interpreter,
  tree: Extract<Tree, { readonly kind: 'comparison' }>,
): Value {
  const left = evaluate(interpreter, tree.left);
  const right = evaluate(interpreter, tree.right);
  if (tree.operator === '!=') return bool(!holds(interpreter, '==', left, right));
  if (tree.operator === '!~') return bool(!holds(interpreter, '=~', left, right));
  return bool(holds(interpreter, tree.operator, left, right));
}

function evaluateMembership(
  interpreter: Interpreter,
  tree: Extract<Tree, { readonly kind: 'membership' }>,
): boolean {
  const left = evaluate(interpreter, tree.left);
  const right = evaluate(interpreter, tree.right);
  if (tree.operator === 'allin') {
    const each: Each = left.kind === 'each' ? left : { kind: 'each', values: [left] };
    return each.values.every((value) => holds(interpreter, 'within', value, right));
  }
  const found = holds(interpreter, 'in', left, right);
  return tree.operator === 'in' ? found : !found;
}

function evaluateArithmetic(
  interpreter: Interpreter,
  tree: Extract<Tree, { readonly kind: 'arithmetic' }>,
): Value {
  const left = toInt(evaluate(interpreter, tree.left));
  const right = toInt(evaluate(interpreter, tree.right));
  const results = {
    '+': left + right,
    '-': left - right,
    '&': left & right,
    '|': left | right,
    '^': left ^ right,
  };
  return { kind: 'int', value: BigInt.asIntN(64, results[tree.operator]) };
}

function evaluateIdentifier(interpreter: Interpreter, name: string): Value {
  if (name === 'true' || name === 'false') return bool(name === 'true');
  const constant = integerConstants.get(name);
  if (constant !== undefined) return { kind: 'int', value: constant };
  const macro = interpreter.macros.get(name);
  return macro ? evaluate(interpreter, macro) : readName(interpreter, name);
}
