// SPDX-License-Identifier: Apache-2.0
// A second meaning of the language, for tests: it walks the tree as it was parsed and computes
// with untyped values, all integers as bigint. It shares nothing with the checker, the planner or
// the emitter, so that an error in one of them shows as a difference.

import {
  type FieldSpec,
  findField,
  fromByteString,
  integerConstants,
  toByteString,
} from '@fimbul/schema';
import { RE2JS } from 're2js';
import type { TextTree, Tree } from '../1-parse/tree.ts';

export type EventValue = string | bigint | boolean | readonly (string | bigint | boolean)[];

/** An event as field names with values; integers are bigint, strings byte strings. */
export type PlainEvent = Readonly<Record<string, EventValue>>;

type Value =
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int'; readonly value: bigint; readonly duration?: true; readonly time?: true }
  | { readonly kind: 'string'; readonly value: string; readonly glob: boolean }
  | { readonly kind: 'literal'; readonly tree: TextTree }
  | { readonly kind: 'each'; readonly values: readonly Value[] };

export type Interpreter = {
  readonly event: PlainEvent;
  readonly macros: ReadonlyMap<string, Tree>;
};

/** Evaluates the tree of a rule. */
export function interpretRule(interpreter: Interpreter, tree: Tree): boolean {
  return isTrue(evaluate(interpreter, tree));
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

function evaluate(interpreter: Interpreter, tree: Tree): Value {
  switch (tree.kind) {
    case 'logic': {
      const results = tree.operands.map((operand) => isTrue(evaluate(interpreter, operand)));
      return bool(tree.operator === 'and' ? results.every(Boolean) : results.some(Boolean));
    }
    case 'comparison':
      return evaluateComparison(interpreter, tree);
    case 'membership': {
      const left = evaluate(interpreter, tree.left);
      const right = evaluate(interpreter, tree.right);
      const found = holds(interpreter, '==', left, right);
      return bool(tree.operator === 'in' ? found : !found);
    }
    case 'arithmetic':
      return evaluateArithmetic(interpreter, tree);
    case 'unary': {
      const operand = evaluate(interpreter, tree.operand);
      if (tree.operator === '!') return bool(!isTrue(operand));
      const value = tree.operator === '-' ? -toInt(operand) : ~toInt(operand);
      return { ...operand, kind: 'int', value: BigInt.asIntN(64, value) };
    }
    case 'identifier':
      return evaluateName(interpreter, tree.name);
    case 'integer':
      return { kind: 'int', value: tree.value };
    case 'duration':
      return { kind: 'int', value: tree.nanoseconds, duration: true };
    case 'text':
      return { kind: 'literal', tree };
    case 'list':
      return { kind: 'each', values: tree.members.map((member) => evaluate(interpreter, member)) };
    case 'template':
    case 'variable':
    case 'reference':
    case 'network':
      throw new Error(`no meaning for ${tree.kind}`);
  }
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

function evaluateName(interpreter: Interpreter, name: string): Value {
  if (name === 'true' || name === 'false') return bool(name === 'true');
  const constant = integerConstants.get(name);
  if (constant !== undefined) return { kind: 'int', value: constant };
  const macro = interpreter.macros.get(name);
  if (macro) return evaluate(interpreter, macro);
  const field = findField(name);
  if (field) return readField(field, interpreter.event[field.name]);
  const base = name.replace(/\.length$/, '');
  const value = interpreter.event[findField(base)?.name ?? `${base}.pid`];
  if (value === undefined || typeof value === 'boolean' || typeof value === 'bigint') {
    throw new Error(`no field ${name}`);
  }
  if (typeof value !== 'string' && /^process\.ancestors\.(?!argv)./.test(base)) {
    const values = value.map(
      (item): Value => ({ kind: 'int', value: BigInt(String(item).length) }),
    );
    return { kind: 'each', values };
  }
  return { kind: 'int', value: BigInt(value.length) };
}

function readField(field: FieldSpec, value: EventValue | undefined): Value {
  if (value === undefined) throw new Error(`the event has no ${field.name}`);
  if (typeof value === 'string') return { kind: 'string', value, glob: field.match === 'glob' };
  if (typeof value === 'boolean') return bool(value);
  if (typeof value === 'bigint') {
    return { kind: 'int', value, ...(field.style === 'time' ? { time: true as const } : {}) };
  }
  return { kind: 'each', values: value.map((item) => readField(field, item)) };
}

function holds(interpreter: Interpreter, operator: string, left: Value, right: Value): boolean {
  if (left.kind === 'each') {
    return left.values.some((value) => holds(interpreter, operator, value, right));
  }
  if (right.kind === 'each') {
    return right.values.some((value) => holds(interpreter, operator, left, value));
  }
  if (left.kind === 'literal' && right.kind === 'literal') return holdsLiterals(left, right);
  if (left.kind === 'string' && right.kind === 'literal') {
    return matches(left, right.tree, operator === '=~');
  }
  if (left.kind === 'literal' && right.kind === 'string') {
    return matches(right, left.tree, operator === '=~');
  }
  if (left.kind === 'int' && right.kind === 'int') {
    return compareIntegers(interpreter, operator, left, right);
  }
  return 'value' in left && 'value' in right && left.value === right.value;
}

type Literal = Extract<Value, { readonly kind: 'literal' }>;

function holdsLiterals(left: Literal, right: Literal): boolean {
  const [value, pattern] = left.tree.style === 'string' ? [left, right] : [right, left];
  const bytes = toByteString(value.tree.text);
  return matches({ value: bytes, glob: false }, pattern.tree, false);
}

function compareIntegers(
  { event }: Interpreter,
  operator: string,
  left: Extract<Value, { readonly kind: 'int' }>,
  right: Extract<Value, { readonly kind: 'int' }>,
): boolean {
  const now = event['event.timestamp'];
  const age = (value: bigint) => BigInt.asIntN(64, (typeof now === 'bigint' ? now : 0n) - value);
  const a = left.time && right.duration ? age(left.value) : left.value;
  const b = right.time && left.duration ? age(right.value) : right.value;
  const order: Readonly<Record<string, boolean>> = {
    '==': a === b,
    '<': a < b,
    '<=': a <= b,
    '>': a > b,
    '>=': a >= b,
  };
  return order[operator] ?? false;
}

type Subject = { readonly value: string; readonly glob: boolean };

function matches({ value, glob }: Subject, literal: TextTree, asPattern: boolean): boolean {
  if (literal.style === 'regexp') {
    return RE2JS.compile(literal.text).matcher(fromByteString(value).text).find();
  }
  const text = toByteString(literal.text);
  if (literal.style === 'string' && !asPattern) return text === value;
  if (text === '') return false;
  return glob ? matchesPath(text, value) : isRun(text, value);
}

/** `*` is any run: tried by recursion, one character at a time. */
function isRun(pattern: string, value: string): boolean {
  if (pattern === '') return value === '';
  if (pattern[0] === '*') {
    return isRun(pattern.slice(1), value) || (value !== '' && isRun(pattern, value.slice(1)));
  }
  return pattern[0] === value[0] && isRun(pattern.slice(1), value.slice(1));
}

function matchesPath(pattern: string, path: string): boolean {
  if (path === '') return false;
  const parts = pattern.split('/');
  if (parts[0] === '*') parts.unshift('');
  const names = path.split('/');
  const middle = parts.indexOf('**');
  const isSame = (part: string, name: string | undefined) =>
    name !== undefined && isRun(part.replaceAll(/\*+/g, '*'), name);
  if (middle === -1) {
    return (
      parts.length === names.length && parts.every((part, index) => isSame(part, names[index]))
    );
  }
  const before = parts.slice(0, middle);
  const after = parts.slice(middle + 1).reverse();
  const fromEnd = [...names].reverse();
  return (
    names.length > before.length &&
    names.length > after.length &&
    before.every((part, index) => isSame(part, names[index])) &&
    after.every((part, index) => isSame(part, fromEnd[index]))
  );
}
