// SPDX-License-Identifier: Apache-2.0
// Operands that read something at run time: how a value of a field or variable looks to operators,
// and what `.length` and `.root_domain` make of it.

import { type FieldSpec, type FieldType, fieldsByName } from '@fimbul/schema';
import type { Span } from '../source-text.ts';
import { int64Interval } from './intervals.ts';
import type { Derivation, Operand } from './operand.ts';
import type { IntegerNode, Interval, ListNode, StringNode, ValueSource } from './typed.ts';

const lengthInterval: Interval = { min: 0n, max: (1n << 31n) - 1n };

/** What is known of a value before it is read. */
export type ValueShape = {
  readonly type: FieldType;
  readonly interval: Interval;
  readonly isTime: boolean;
  readonly isDomain: boolean;
};

function getFieldShape({ type, range, style, isDomain }: FieldSpec): ValueShape {
  const [min, max] = range;
  return { type, interval: { min, max }, isTime: style === 'time', isDomain };
}

/** The shape of the elements of a list. */
export function getElementShape(list: ListNode): ValueShape {
  if (list.from !== 'variable') return getFieldShape(list.field);
  const { type } = list.variable;
  return { type, interval: int64Interval, isTime: false, isDomain: false };
}

function getShape(source: ValueSource): ValueShape {
  switch (source.from) {
    case 'field':
    case 'register':
      return getFieldShape(source.field);
    case 'element':
    case 'index':
      return getElementShape(source.list);
    case 'variable': {
      const { type } = source.variable;
      return { type, interval: int64Interval, isTime: false, isDomain: false };
    }
    case 'uuid':
      return { type: 'string', interval: int64Interval, isTime: false, isDomain: false };
  }
}

/** Makes the operand of a single value. */
export function readSource(source: ValueSource, span: Span): Operand {
  const { type, interval, isTime, isDomain } = getShape(source);
  switch (type) {
    case 'bool':
      return { type: 'bool', node: { kind: 'bool-value', source, span }, span };
    case 'string': {
      const of: StringNode = { kind: 'string-value', source };
      return { type: 'string', node: isDomain ? { kind: 'lower-case', of } : of, span };
    }
    case 'ip':
      return { type: 'ip', node: { kind: 'ip-value', source }, span };
    case 'int': {
      const node: IntegerNode = { kind: 'integer-value', source, interval };
      return { type: 'integer', node, unit: isTime ? 'time' : 'none', span };
    }
  }
}

/** Makes the operand of what derives from a single string; its type was looked at before. */
export function readDerived(derivation: Derivation, source: ValueSource, span: Span): Operand {
  const of: StringNode = { kind: 'string-value', source };
  switch (derivation) {
    case 'value':
      return readSource(source, span);
    case 'length':
      return makeLength({ kind: 'string-length', of, interval: lengthInterval }, span);
    case 'root-domain':
      return { type: 'string', node: { kind: 'root-domain', of }, span };
  }
}

function makeLength(node: IntegerNode, span: Span): Operand {
  return { type: 'integer', node, unit: 'none', span };
}

/** Counts the elements of a list. */
export function readListLength(of: ListNode, span: Span): Operand {
  return makeLength({ kind: 'list-length', of, interval: lengthInterval }, span);
}

/** Counts the elements of an iterator. */
export function readIteratorLength(
  iterator: Extract<IntegerNode, { readonly kind: 'iterator-length' }>['iterator'],
  span: Span,
): Operand {
  return makeLength({ kind: 'iterator-length', iterator, interval: lengthInterval }, span);
}

/** The value of an integer field of the event. */
export function readInteger(field: FieldSpec): IntegerNode {
  const [min, max] = field.range;
  return { kind: 'integer-value', source: { from: 'field', field }, interval: { min, max } };
}

/** The age of a moment when the event happened. */
export function makeAge(moment: IntegerNode): IntegerNode {
  const now = fieldsByName.get('event.timestamp');
  // The schema declares the field; its own tests would fail without it.
  if (!now) throw new Error('the schema has no event.timestamp, which ages are computed from');
  return {
    kind: 'integer-operation',
    operator: '-',
    left: readInteger(now),
    right: moment,
    interval: int64Interval,
  };
}
