// SPDX-License-Identifier: Apache-2.0
// What a name stands for: a word of the language, a constant, a macro, a field; in this order.

import {
  type FieldSpec,
  fieldsByName,
  findField,
  type IteratorName,
  integerConstants,
} from '@fimbul/schema';
import type { Tree } from '../1-parse/tree.ts';
import { quote } from '../diagnostics.ts';
import { suggestName } from '../nearest-name.ts';
import type { Span } from '../source-text.ts';
import { int64Interval, makeInteger } from './intervals.ts';
import { absentEvents, isKnownElsewhere } from './known-elsewhere.ts';
import { type Operand, report, type Scope } from './operand.ts';
import { getListField, type IntegerNode, type ListNode, type ValueSource } from './typed.ts';

const lengthInterval = { min: 0n, max: (1n << 31n) - 1n };

/** Prefixes whose fields have one value for each process: `.length` of the prefix counts those. */
const iterators: ReadonlySet<string> = new Set<IteratorName>(['process.ancestors']);

/** Resolves a name; `expand` checks the tree of a macro. */
export function resolveName(
  scope: Scope,
  name: string,
  span: Span,
  expand: (tree: Tree) => Operand,
): Operand {
  if (name === 'true' || name === 'false') {
    return { type: 'bool', node: { kind: 'bool', value: name === 'true' }, span };
  }
  const constant = integerConstants.get(name);
  if (constant !== undefined) {
    return { type: 'integer', node: makeInteger(constant), unit: 'none', span };
  }
  if (scope.macros.has(name)) return expandMacro(scope, name, span, expand);
  const field = findField(name);
  if (field) return resolveField(scope, field, span);
  return resolveLength(scope, name, span) ?? rejectName(scope, name, span);
}

function expandMacro(
  scope: Scope,
  name: string,
  span: Span,
  expand: (tree: Tree) => Operand,
): Operand {
  const tree = scope.macros.get(name)?.tree ?? null;
  if (tree === null) {
    report(scope, 'FR1106', { name }, span);
    return { type: 'failed', span };
  }
  if (scope.expanding.includes(name)) {
    report(scope, 'FR1107', { name }, span);
    return { type: 'failed', span };
  }
  scope.expanding.push(name);
  const operand = expand(tree);
  scope.expanding.pop();
  // Errors about the use of a macro belong to the place of the use.
  return { ...operand, span };
}

/** Notes that the expression reads a field. */
function noteField(scope: Scope, field: FieldSpec, span: Span): void {
  scope.fieldsRead.add(field.name);
  if (field.event !== '*' && !scope.events.has(field.event)) scope.events.set(field.event, span);
}

function resolveField(scope: Scope, field: FieldSpec, span: Span): Operand {
  if (!field.inRules) {
    report(scope, 'FR1103', { name: field.name }, span);
    return { type: 'failed', span };
  }
  noteField(scope, field, span);
  if (isPlural(field)) return { type: 'list', list: { from: 'field', field }, span };
  return makeValue({ from: 'field', field }, field, span);
}

function isPlural({ list, iterator }: FieldSpec): boolean {
  return list || iterator !== null;
}

/** Makes the operand of a single value that a field describes. */
function makeValue(source: ValueSource, field: FieldSpec, span: Span): Operand {
  switch (field.type) {
    case 'bool':
      return { type: 'bool', node: { kind: 'bool-value', source, span }, span };
    case 'string':
      return { type: 'string', node: { kind: 'string-value', source }, span };
    case 'ip':
      // No field has the type yet.
      return { type: 'failed', span };
    case 'int': {
      const [min, max] = field.range;
      const node: IntegerNode = { kind: 'integer-value', source, interval: { min, max } };
      return { type: 'integer', node, unit: getUnit(field), span };
    }
  }
}

export function readInteger(field: FieldSpec): IntegerNode {
  const [min, max] = field.range;
  return { kind: 'integer-value', source: { from: 'field', field }, interval: { min, max } };
}

export function getUnit(field: FieldSpec): 'none' | 'time' {
  return field.style === 'time' ? 'time' : 'none';
}

function resolveLength(scope: Scope, name: string, span: Span): Operand | null {
  if (!name.endsWith('.length')) return null;
  const base = name.slice(0, -'.length'.length);
  if (isIterator(base)) {
    const node: IntegerNode = {
      kind: 'iterator-length',
      iterator: base,
      interval: lengthInterval,
    };
    return { type: 'integer', node, unit: 'none', span };
  }
  const field = findField(base);
  if (!field?.inRules) return null;
  if (field.list) return countList(scope, field, span);
  if (field.type !== 'string') {
    report(scope, 'FR1108', { name: base }, span);
    return { type: 'failed', span };
  }
  noteField(scope, field, span);
  if (isPlural(field)) return { type: 'lengths', list: { from: 'field', field }, span };
  const node: IntegerNode = {
    kind: 'string-length',
    of: { kind: 'string-value', source: { from: 'field', field } },
    interval: lengthInterval,
  };
  return { type: 'integer', node, unit: 'none', span };
}

function countList(scope: Scope, field: FieldSpec, span: Span): Operand {
  noteField(scope, field, span);
  const of = { from: 'field', field } as const;
  const node: IntegerNode = { kind: 'list-length', of, interval: lengthInterval };
  return { type: 'integer', node, unit: 'none', span };
}

function isIterator(name: string): name is IteratorName {
  return iterators.has(name);
}

/** The element of a list inside `any`. */
export function makeElement(list: ListNode, binding: number, span: Span): Operand {
  const field = getListField(list);
  // No variable is a list yet.
  if (field === null) return { type: 'failed', span };
  return makeValue({ from: 'element', binding, list }, field, span);
}

/** The length of the element of a list inside `any`. */
export function makeElementLength(list: ListNode, binding: number, span: Span): Operand {
  const node: IntegerNode = {
    kind: 'string-length',
    of: { kind: 'string-value', source: { from: 'element', binding, list } },
    interval: lengthInterval,
  };
  return { type: 'integer', node, unit: 'none', span };
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

function rejectName(scope: Scope, name: string, span: Span): Operand {
  const [first = ''] = name.split('.', 1);
  if (name.includes('.') && absentEvents.has(first)) {
    scope.absentEvent ??= { event: first, span };
  } else if (name.includes('[')) {
    report(scope, 'FR1007', { feature: 'registers and indexes in brackets are' }, span);
  } else if (name.startsWith('fim.write.file.')) {
    report(scope, 'FR1007', { feature: `${name} is` }, span);
  } else if (isKnownElsewhere(name)) {
    report(scope, 'FR1102', { name }, span);
  } else {
    const names = [...fieldsByName.keys(), ...integerConstants.keys(), ...scope.macros.keys()];
    const suggestion = suggestName(name, names, 'see the reference of fields and constants');
    report(scope, 'FR1101', { name: quote(name), suggestion }, span);
  }
  return { type: 'failed', span };
}
