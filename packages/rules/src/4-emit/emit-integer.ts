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
} from '../2-check/typed.ts';
import { type Code, code, makeInteger } from './code.ts';
import type { EmitModule } from './emit-module.ts';
import { emitFlatList, emitList, emitSource, emitString, isNested } from './emit-value.ts';
import { countItems, toBigints } from './runtime-values.ts';

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

export function emitInteger(module: EmitModule, node: IntegerNode): IntegerCode {
  switch (node.kind) {
    case 'integer':
      return isSafe(node.interval)
        ? { code: makeInteger(Number(node.value)), form: 'number' }
        : { code: module.constants.add(node.value), form: 'bigint' };
    case 'integer-value': {
      const field = getValueField(node.source);
      const form = field !== null && isNumberField(field) ? 'number' : 'bigint';
      const zero = form === 'number' ? makeInteger(0) : module.constants.add(0n);
      return { code: emitSource(module, node.source, zero), form };
    }
    case 'iterator-length':
      return { code: module.readIteratorLength(node.iterator), form: 'number' };
    case 'string-length':
      return { code: code`${emitString(module, node.of)}.length`, form: 'number' };
    case 'list-length':
      return { code: emitCount(module, node.of), form: 'number' };
    case 'integer-operation':
      return emitOperation(module, node);
  }
}

function emitCount(module: EmitModule, list: ListNode): Code {
  const emitted = emitList(module, list);
  return isNested(list)
    ? code`${module.constants.add(countItems)}(${emitted})`
    : code`${emitted}.length`;
}

/** Emits an integer as variables keep it. */
export function emitBigint(module: EmitModule, node: IntegerNode): Code {
  return toBigint(module, node, emitInteger(module, node));
}

/** Emits a list as variables keep it. */
export function emitStoredList(module: EmitModule, list: ListNode): Code {
  const emitted = emitFlatList(module, list);
  const isNumbers = list.from !== 'variable' && list.field.type === 'int';
  return isNumbers ? code`${module.constants.add(toBigints)}(${emitted})` : emitted;
}

function toBigint(module: EmitModule, node: IntegerNode, emitted: IntegerCode): Code {
  if (node.kind === 'integer') return module.constants.add(node.value);
  return emitted.form === 'bigint' ? emitted.code : code`BigInt(${emitted.code})`;
}

function emitOperation(module: EmitModule, node: Operation): IntegerCode {
  const left = emitInteger(module, node.left);
  const right = emitInteger(module, node.right);
  const exact =
    left.form === 'number' && right.form === 'number'
      ? emitNumbers(node, left.code, right.code)
      : null;
  if (exact) return { code: exact, form: 'number' };
  const result = emitBigints(
    node.operator,
    toBigint(module, node.left, left),
    toBigint(module, node.right, right),
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
  module: EmitModule,
  order: {
    readonly operator: OrderOperator;
    readonly left: IntegerNode;
    readonly right: IntegerNode;
  },
): Code {
  const leftCode = emitInteger(module, order.left);
  const rightCode = emitInteger(module, order.right);
  const areNumbers = leftCode.form === 'number' && rightCode.form === 'number';
  const left = areNumbers ? leftCode.code : toBigint(module, order.left, leftCode);
  const right = areNumbers ? rightCode.code : toBigint(module, order.right, rightCode);
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
  module: EmitModule,
  subject: IntegerNode,
  values: readonly bigint[],
): Code {
  const emitted = emitInteger(module, subject);
  if (emitted.form === 'bigint') {
    return code`${module.constants.add(new Set(values))}.has(${emitted.code})`;
  }
  // Literals beyond 2^53 cannot equal a number below it.
  const numbers = values.filter((value) => isSafe({ min: value, max: value })).map(Number);
  const [first] = numbers;
  return first !== undefined && numbers.length === 1
    ? code`(${emitted.code} === ${makeInteger(first)})`
    : code`${module.constants.add(new Set(numbers))}.has(${emitted.code})`;
}
