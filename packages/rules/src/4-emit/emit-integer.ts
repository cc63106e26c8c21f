// SPDX-License-Identifier: Apache-2.0
// Integers as JavaScript. The language's integers have 64 bits; a JavaScript number is exact up to
// 2^53 and its bit operators see 32 bits. The intervals of the typed tree prove where numbers give
// the right result; everything else is computed as BigInt and wrapped to 64 bits.

import type { FieldSpec } from '@fimbul/schema';
import {
  getValueField,
  type IntegerNode,
  type Interval,
  type ListNode,
  type OrderOperator,
  type StringNode,
  type ValueSource,
} from '../2-check/typed.ts';
import { type Code, code, makeInteger } from './code.ts';
import {
  type EmitScope,
  type Filled,
  readElement,
  readField,
  readIteratorLength,
} from './scope.ts';

type IntegerCode = { readonly code: Code; readonly form: 'number' | 'bigint' };
type Operation = Extract<IntegerNode, { readonly kind: 'integer-operation' }>;

const safeMax = BigInt(Number.MAX_SAFE_INTEGER);
const int32: Interval = { min: -(1n << 31n), max: (1n << 31n) - 1n };
const uint32: Interval = { min: 0n, max: (1n << 32n) - 1n };
const uint31: Interval = { min: 0n, max: (1n << 31n) - 1n };

function isWithin({ min, max }: Interval, outer: Interval): boolean {
  return min >= outer.min && max <= outer.max;
}

function isSafe(interval: Interval): boolean {
  return isWithin(interval, { min: -safeMax, max: safeMax });
}

/** True when an accessor of an integer field gives a number, false when it gives a bigint. */
export function isNumberField(field: FieldSpec): boolean {
  const [min, max] = field.range;
  return isSafe({ min, max });
}

export function emitString(scope: EmitScope, node: StringNode, filled: Filled): Code {
  if (node.kind !== 'string-value') throw new Error(`cannot emit ${node.kind}`);
  return emitSource(scope, node.source, filled);
}

export function emitSource(scope: EmitScope, source: ValueSource, filled: Filled): Code {
  if (source.from === 'field') return readField(scope, source.field, filled);
  if (source.from === 'element') return readElement(scope, source.binding);
  throw new Error(`cannot emit a value from ${source.from}`);
}

export function emitList(scope: EmitScope, list: ListNode, filled: Filled): Code {
  if (list.from !== 'field') throw new Error(`cannot emit a list from ${list.from}`);
  const code = readField(scope, list.field, filled);
  return list.field.list && list.field.iterator !== null ? flatten(code) : code;
}

function flatten(list: Code): Code {
  return code`${list}.flat()`;
}

export function emitInteger(scope: EmitScope, node: IntegerNode, filled: Filled): IntegerCode {
  switch (node.kind) {
    case 'integer':
      return isSafe(node.interval)
        ? { code: makeInteger(Number(node.value)), form: 'number' }
        : { code: scope.module.constants.add(node.value), form: 'bigint' };
    case 'integer-value': {
      const field = getValueField(node.source);
      return {
        code: emitSource(scope, node.source, filled),
        form: field !== null && isNumberField(field) ? 'number' : 'bigint',
      };
    }
    case 'iterator-length':
      return { code: readIteratorLength(scope, node.iterator), form: 'number' };
    case 'string-length':
      return { code: code`${emitString(scope, node.of, filled)}.length`, form: 'number' };
    case 'list-length':
      return { code: code`${emitList(scope, node.of, filled)}.length`, form: 'number' };
    case 'integer-operation':
      return emitOperation(scope, node, filled);
  }
}

function toBigint(scope: EmitScope, node: IntegerNode, emitted: IntegerCode): Code {
  if (node.kind === 'integer') return scope.module.constants.add(node.value);
  return emitted.form === 'bigint' ? emitted.code : code`BigInt(${emitted.code})`;
}

function emitOperation(scope: EmitScope, node: Operation, filled: Filled): IntegerCode {
  const left = emitInteger(scope, node.left, filled);
  const right = emitInteger(scope, node.right, filled);
  const exact =
    left.form === 'number' && right.form === 'number'
      ? emitNumbers(node, left.code, right.code)
      : null;
  if (exact) return { code: exact, form: 'number' };
  const result = emitBigints(
    node.operator,
    toBigint(scope, node.left, left),
    toBigint(scope, node.right, right),
  );
  return { code: result, form: 'bigint' };
}

/** Emits an operation on numbers where that is certainly exact, null otherwise. */
function emitNumbers(node: Operation, left: Code, right: Code): Code | null {
  const sides = [node.left.interval, node.right.interval];
  switch (node.operator) {
    case '+':
      return isSafe(node.interval) ? code`(${left} + ${right})` : null;
    case '-':
      return isSafe(node.interval) ? code`(${left} - ${right})` : null;
    case '&':
      // With one side below 2^31 the upper bits of the other cannot reach the result.
      if (sides.some((side) => isWithin(side, uint31))) return code`(${left} & ${right})`;
      if (sides.every((side) => isWithin(side, int32))) return code`(${left} & ${right})`;
      return sides.every((side) => isWithin(side, uint32))
        ? code`((${left} & ${right}) >>> 0)`
        : null;
    case '|':
      if (sides.every((side) => isWithin(side, int32))) return code`(${left} | ${right})`;
      return sides.every((side) => isWithin(side, uint32))
        ? code`((${left} | ${right}) >>> 0)`
        : null;
    case '^':
      if (sides.every((side) => isWithin(side, int32))) return code`(${left} ^ ${right})`;
      return sides.every((side) => isWithin(side, uint32))
        ? code`((${left} ^ ${right}) >>> 0)`
        : null;
  }
}

function emitBigints(operator: Operation['operator'], left: Code, right: Code): Code {
  switch (operator) {
    case '+':
      return code`BigInt.asIntN(64, ${left} + ${right})`;
    case '-':
      return code`BigInt.asIntN(64, ${left} - ${right})`;
    case '&':
      return code`(${left} & ${right})`;
    case '|':
      return code`(${left} | ${right})`;
    case '^':
      return code`(${left} ^ ${right})`;
  }
}

/** Emits a comparison of two integers. */
export function emitOrder(
  scope: EmitScope,
  order: {
    readonly operator: OrderOperator;
    readonly left: IntegerNode;
    readonly right: IntegerNode;
  },
  filled: Filled,
): Code {
  const leftCode = emitInteger(scope, order.left, filled);
  const rightCode = emitInteger(scope, order.right, filled);
  const areNumbers = leftCode.form === 'number' && rightCode.form === 'number';
  const left = areNumbers ? leftCode.code : toBigint(scope, order.left, leftCode);
  const right = areNumbers ? rightCode.code : toBigint(scope, order.right, rightCode);
  switch (order.operator) {
    case '==':
      return code`(${left} === ${right})`;
    case '<':
      return code`(${left} < ${right})`;
    case '<=':
      return code`(${left} <= ${right})`;
    case '>':
      return code`(${left} > ${right})`;
    case '>=':
      return code`(${left} >= ${right})`;
  }
}

/** Emits looking an integer up in a list of literals. */
export function emitOneOf(
  scope: EmitScope,
  subject: IntegerNode,
  values: readonly bigint[],
  filled: Filled,
): Code {
  const emitted = emitInteger(scope, subject, filled);
  if (emitted.form === 'bigint') {
    return code`${scope.module.constants.add(new Set(values))}.has(${emitted.code})`;
  }
  // Literals beyond 2^53 cannot equal a number below it.
  const numbers = values.filter((value) => isSafe({ min: value, max: value })).map(Number);
  const [first] = numbers;
  return first !== undefined && numbers.length === 1
    ? code`(${emitted.code} === ${makeInteger(first)})`
    : code`${scope.module.constants.add(new Set(numbers))}.has(${emitted.code})`;
}
