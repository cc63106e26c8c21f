// SPDX-License-Identifier: Apache-2.0
// What names give: fields, elements of iterators by register or number, entries of lists, lengths,
// root domains, variables.

import { type FieldSpec, findField } from '@fimbul/schema';
import { getDomain } from 'tldts';
import type { Tree } from '../1-parse/tree.ts';
import type { EventScalar, EventValue, PlainEvent, Value } from './interpret-values.ts';

export type Interpreter = {
  readonly event: PlainEvent;
  readonly macros: ReadonlyMap<string, Tree>;
  /** Values of variables by full name. */
  readonly variables: ReadonlyMap<string, EventValue>;
  /** The element that each register stands for. */
  readonly registers: ReadonlyMap<string, number>;
};

const iterator = 'process.ancestors';

/** Every choice of an element for each register in a tree; one empty choice without registers. */
export function listRegisters(
  { macros, event }: Interpreter,
  tree: Tree,
): readonly ReadonlyMap<string, number>[] {
  const names = new Set<string>();
  const visit = (node: Tree): void => {
    switch (node.kind) {
      case 'identifier':
      case 'reference': {
        const register = /\[([A-Za-z]\w*)\]/.exec(node.name)?.[1];
        if (register !== undefined) names.add(register);
        const macro = macros.get(node.name);
        if (node.kind === 'identifier' && macro) visit(macro);
        return;
      }
      case 'template':
        for (const [, register = ''] of node.text.matchAll(/%\{[\w.]*\[([A-Za-z]\w*)\]/g)) {
          names.add(register);
        }
        return;
      case 'logic':
        node.operands.forEach(visit);
        return;
      case 'list':
        node.members.forEach(visit);
        return;
      case 'unary':
        visit(node.operand);
        return;
      case 'comparison':
      case 'membership':
      case 'arithmetic':
        visit(node.left);
        visit(node.right);
        return;
      default:
    }
  };
  visit(tree);
  const count = countElements(event);
  let choices: ReadonlyMap<string, number>[] = [new Map()];
  for (const name of names) {
    choices = choices.flatMap((choice) =>
      Array.from({ length: count }, (_, index) => new Map([...choice, [name, index]])),
    );
  }
  return choices;
}

function countElements(event: PlainEvent): number {
  const pids = event[`${iterator}.pid`];
  return Array.isArray(pids) ? pids.length : 0;
}

/** Reads a field by any name that the language has for it. */
export function readName(interpreter: Interpreter, name: string): Value {
  if (name.endsWith('.root_domain')) {
    return mapText(
      readName(interpreter, name.slice(0, -'.root_domain'.length)),
      (value) => getDomain(value.toLowerCase()) ?? '',
    );
  }
  if (name.endsWith('.length')) return readLength(interpreter, name.slice(0, -'.length'.length));
  const subscripts = [...name.matchAll(/\[(\w+)\]/g)].map(([, text = '']) => text);
  const field = findField(name.replaceAll(/\[\w+\]/g, ''));
  if (!field) throw new Error(`no field ${name}`);
  let value = interpreter.event[field.name];
  if (value === undefined) throw new Error(`the event has no ${field.name}`);
  for (const [depth, subscript] of subscripts.entries()) {
    const index = /^\d+$/.test(subscript)
      ? Number(subscript)
      : interpreter.registers.get(subscript);
    if (index === undefined || !Array.isArray(value)) throw new Error(`no element ${name}`);
    value = (value as readonly EventValue[])[index] ?? makeZero(field, depth);
  }
  return wrap(field, value);
}

function makeZero(field: FieldSpec, depth: number): EventValue {
  if (field.list && field.iterator !== null && depth === 0) return [];
  switch (field.type) {
    case 'string':
      return '';
    case 'int':
      return 0n;
    case 'bool':
      return false;
    case 'ip':
      throw new Error('a network has no zero');
  }
}

function wrap(field: FieldSpec, value: EventValue): Value {
  if (Array.isArray(value)) {
    const values = (value as readonly EventValue[]).map((item) => wrap(field, item));
    return {
      kind: 'each',
      values: values.flatMap((one) => (one.kind === 'each' ? one.values : one)),
    };
  }
  const one = wrapScalar(value as EventScalar);
  if (one.kind === 'string') {
    return { ...one, glob: field.match === 'glob', domain: field.isDomain };
  }
  return one.kind === 'int' && field.style === 'time' ? { ...one, time: true } : one;
}

function wrapScalar(value: EventScalar): Value {
  if (typeof value === 'string') return { kind: 'string', value, glob: false, domain: false };
  if (typeof value === 'bigint') return { kind: 'int', value };
  return typeof value === 'boolean' ? { kind: 'bool', value } : { kind: 'ip', value };
}

function mapText(value: Value, map: (text: string) => string): Value {
  if (value.kind === 'each') {
    return { kind: 'each', values: value.values.map((one) => mapText(one, map)) };
  }
  if (value.kind !== 'string') throw new Error(`expected a string, found ${value.kind}`);
  return { ...value, value: map(value.value), domain: true };
}

function count(length: number): Value {
  return { kind: 'int', value: BigInt(length) };
}

/** A list has a count; strings have lengths, and so has each list under an iterator. */
function readLength(interpreter: Interpreter, base: string): Value {
  if (base === iterator) return count(countElements(interpreter.event));
  const field = findField(base.replaceAll(/\[\w+\]/g, ''));
  if (field?.list) {
    if (field.iterator === null || base.includes('[')) {
      const list = readName(interpreter, base);
      return count(list.kind === 'each' ? list.values.length : 0);
    }
    const lists = interpreter.event[field.name] as readonly (readonly EventScalar[])[];
    return { kind: 'each', values: lists.map((list) => count(list.length)) };
  }
  const value = readName(interpreter, base);
  if (value.kind === 'each') {
    return {
      kind: 'each',
      values: value.values.map((one) => count(one.kind === 'string' ? one.value.length : 0)),
    };
  }
  return count(value.kind === 'string' ? value.value.length : 0);
}

/** Reads a variable; `${process.pid}` is the field. */
export function readVariable(interpreter: Interpreter, name: string): Value {
  if (name === 'process.pid') return readName(interpreter, name);
  const isLength = name.endsWith('.length') && !interpreter.variables.has(name);
  const value = interpreter.variables.get(isLength ? name.slice(0, -'.length'.length) : name);
  if (value === undefined) throw new Error(`no variable ${name}`);
  if (isLength) return count((value as readonly EventScalar[] | string).length);
  if (!Array.isArray(value)) return wrapScalar(value as EventScalar);
  return { kind: 'each', values: (value as readonly EventScalar[]).map(wrapScalar) };
}
