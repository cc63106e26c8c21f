// SPDX-License-Identifier: Apache-2.0
// Strings, lists, networks and where single values come from, as JavaScript expressions. They are
// functions of the event `e` and of the elements and registers around them, which have the names
// x0, x1 and so on. What is not there reads as the zero value of its type.

import type { FieldSpec } from '@fimbul/schema';
import type { IpNode, ListNode, StringNode, TemplatePart, ValueSource } from '../2-check/typed.ts';
import { type Code, code, joinCode, makeInteger, makeName } from './code.ts';
import type { EmitModule } from './emit-module.ts';
import { noIpNet } from './ip-nets.ts';
import { flattenLists, getRootDomain, toLowerAscii, toText } from './runtime-values.ts';

/** Returns the name of the element or register that a quantifier bound. */
export function emitBinding(binding: number): Code {
  return makeName('x', binding);
}

const emptyList: readonly never[] = [];

/** True when a list has an array in place of each element: a list field of an iterator. */
export function isNested(list: ListNode): boolean {
  return list.from === 'field' && isListOfIterator(list.field);
}

function isListOfIterator(field: FieldSpec): boolean {
  return field.list && field.iterator !== null;
}

/** Emits a list; one that is nested as the arrays of its elements. */
export function emitList(module: EmitModule, list: ListNode): Code {
  switch (list.from) {
    case 'field':
      return module.readField(list.field);
    case 'register': {
      const lists = module.readField(list.field);
      const empty = module.constants.add(emptyList);
      return code`(${lists}[${emitBinding(list.binding)}] ?? ${empty})`;
    }
    case 'index': {
      const lists = module.readField(list.field);
      const empty = module.constants.add(emptyList);
      return code`(${lists}[${makeInteger(list.index)}] ?? ${empty})`;
    }
    case 'variable':
      return code`readVariable(${module.constants.add(list.variable)}, e)`;
  }
}

/** Emits a list without arrays in it. */
export function emitFlatList(module: EmitModule, list: ListNode): Code {
  const emitted = emitList(module, list);
  return isNested(list) ? code`${module.constants.add(flattenLists)}(${emitted})` : emitted;
}

/** Emits a single value; `zero` is what it reads as where it is not there. */
export function emitSource(module: EmitModule, source: ValueSource, zero: Code): Code {
  switch (source.from) {
    case 'field':
      return module.readField(source.field);
    case 'element':
      return emitBinding(source.binding);
    case 'register': {
      const values = module.readField(source.field);
      return code`(${values}[${emitBinding(source.binding)}] ?? ${zero})`;
    }
    case 'index': {
      const list = emitFlatList(module, source.list);
      return code`(${list}[${makeInteger(source.index)}] ?? ${zero})`;
    }
    case 'variable':
      return code`readVariable(${module.constants.add(source.variable)}, e)`;
    case 'uuid':
      return code`makeUuid()`;
  }
}

/** Emits a string. */
export function emitString(module: EmitModule, node: StringNode): Code {
  switch (node.kind) {
    case 'string':
      return module.constants.add(node.value);
    case 'string-value':
      return emitSource(module, node.source, code`""`);
    case 'string-template': {
      const parts = node.parts.map((part) => emitText(module, part));
      return code`("" + ${joinCode([code`""`, ...parts], ' + ')})`;
    }
    case 'lower-case': {
      const lower = module.constants.add(toLowerAscii);
      return code`${lower}(${emitString(module, node.of)})`;
    }
    case 'root-domain': {
      const root = module.constants.add(getRootDomain);
      return code`${root}(${emitString(module, node.of)})`;
    }
  }
}

function emitText(module: EmitModule, part: TemplatePart): Code {
  const write = module.constants.add(toText);
  switch (part.type) {
    case 'string':
      return emitString(module, part.node);
    case 'bool':
      return code`${write}(${module.emitBool(part.node)})`;
    case 'int':
      return code`${write}(${module.emitInteger(part.node)})`;
    case 'ip':
      return code`${write}(${emitIp(module, part.node)})`;
    case 'list':
      return code`${write}(${emitFlatList(module, part.node)})`;
    case 'values':
      return module.constants.add(toText(part.values));
  }
}

/** Emits a network. */
export function emitIp(module: EmitModule, node: IpNode): Code {
  return node.kind === 'ip'
    ? module.constants.add(node.net)
    : emitSource(module, node.source, module.constants.add(noIpNet));
}
