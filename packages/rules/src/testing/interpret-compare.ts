// SPDX-License-Identifier: Apache-2.0
// Comparisons of the interpreter. A list on either side asks for any of its elements.

import { fromByteString, type IpNet, toByteString } from '@fimbul/schema';
import { RE2JS } from 're2js';
import type { TextTree } from '../1-parse/tree.ts';
import type { Interpreter } from './interpret-names.ts';
import type { Int, Literal, Text, Value } from './interpret-values.ts';

export function holds(
  interpreter: Interpreter,
  operator: string,
  left: Value,
  right: Value,
): boolean {
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
  if (left.kind === 'ip' && right.kind === 'ip')
    return compareNets(operator, left.value, right.value);
  if (left.kind === 'int' && right.kind === 'int') {
    return compareIntegers(interpreter, operator, left, right);
  }
  if (left.kind === 'string' && right.kind === 'string') {
    const lower = left.domain || right.domain;
    return fold(left.value, lower) === fold(right.value, lower);
  }
  return 'value' in left && 'value' in right && left.value === right.value;
}

/** ASCII letters alone: domain names have no others. */
function fold(text: string, lower: boolean): string {
  return lower ? text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()) : text;
}

/** The bits of a network that its prefix covers, one character each. */
function bitsOf({ family, address, prefix }: IpNet): string {
  return address
    .toString(2)
    .padStart(family === 4 ? 32 : 128, '0')
    .slice(0, prefix);
}

function compareNets(operator: string, left: IpNet, right: IpNet): boolean {
  if (left.family !== right.family) return false;
  const [a, b] = [bitsOf(left), bitsOf(right)];
  if (operator === 'within') return a.startsWith(b);
  return operator === 'in' ? a.startsWith(b) || b.startsWith(a) : a === b;
}

function holdsLiterals(left: Literal, right: Literal): boolean {
  const [value, pattern] = left.tree.style === 'string' ? [left, right] : [right, left];
  const bytes = toByteString(value.tree.text);
  return matches({ kind: 'string', value: bytes, glob: false, domain: false }, pattern.tree, false);
}

function compareIntegers({ event }: Interpreter, operator: string, left: Int, right: Int): boolean {
  const now = event['event.timestamp'];
  const age = (value: bigint) => BigInt.asIntN(64, (typeof now === 'bigint' ? now : 0n) - value);
  const a = left.time && right.duration ? age(left.value) : left.value;
  const b = right.time && left.duration ? age(right.value) : right.value;
  const order: Readonly<Record<string, boolean>> = {
    in: a === b,
    '==': a === b,
    '<': a < b,
    '<=': a <= b,
    '>': a > b,
    '>=': a >= b,
  };
  return order[operator] ?? false;
}

function matches({ value, glob, domain }: Text, literal: TextTree, asPattern: boolean): boolean {
  if (literal.style === 'regexp') {
    const flags = domain ? RE2JS.CASE_INSENSITIVE : 0;
    return RE2JS.compile(literal.text, flags).matcher(fromByteString(value).text).find();
  }
  const text = fold(toByteString(literal.text), domain);
  const subject = fold(value, domain);
  if (literal.style === 'string' && !asPattern) return text === subject;
  if (text === '') return false;
  return glob ? matchesPath(text, subject) : isRun(text, subject);
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
