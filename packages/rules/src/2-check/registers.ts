// SPDX-License-Identifier: Apache-2.0
// Registers: `process.ancestors[A]` is the same ancestor wherever the rule names it. A rule holds
// when some choice of elements makes it true; what does not name a register is kept out of its
// loop, so that it is tested once and the kernel filter can see it.

import type { IteratorName } from '@fimbul/schema';
import type { Span } from '../source-text.ts';
import {
  type BoolNode,
  combine,
  type IntegerNode,
  type IpNode,
  type ListNode,
  type StringNode,
  type ValueNode,
  type ValueSource,
} from './typed.ts';

export type Register = {
  readonly iterator: IteratorName;
  readonly binding: number;
  /** Where it is first named. */
  readonly span: Span;
};

/** Each register multiplies the choices that an evaluation may have to try. */
export const registersMax = 4;

function isListBound(list: ListNode, binding: number): boolean {
  return list.from === 'register' && list.binding === binding;
}

function isSourceBound(source: ValueSource, binding: number): boolean {
  switch (source.from) {
    case 'register':
      return source.binding === binding;
    case 'element':
    case 'index':
      return isListBound(source.list, binding);
    case 'field':
    case 'variable':
    case 'uuid':
      return false;
  }
}

function isStringBound(node: StringNode, binding: number): boolean {
  switch (node.kind) {
    case 'string':
      return false;
    case 'string-value':
      return isSourceBound(node.source, binding);
    case 'string-template':
      return node.parts.some((part) => isValueBound(part, binding));
    case 'lower-case':
    case 'root-domain':
      return isStringBound(node.of, binding);
  }
}

function isIntegerBound(node: IntegerNode, binding: number): boolean {
  switch (node.kind) {
    case 'integer':
    case 'iterator-length':
      return false;
    case 'integer-value':
      return isSourceBound(node.source, binding);
    case 'string-length':
      return isStringBound(node.of, binding);
    case 'list-length':
      return isListBound(node.of, binding);
    case 'integer-operation':
      return isIntegerBound(node.left, binding) || isIntegerBound(node.right, binding);
  }
}

function isIpBound(node: IpNode, binding: number): boolean {
  return node.kind === 'ip-value' && isSourceBound(node.source, binding);
}

function isValueBound(value: ValueNode, binding: number): boolean {
  switch (value.type) {
    case 'bool':
      return isBound(value.node, binding);
    case 'int':
      return isIntegerBound(value.node, binding);
    case 'string':
      return isStringBound(value.node, binding);
    case 'ip':
      return isIpBound(value.node, binding);
    case 'list':
      return isListBound(value.node, binding);
    case 'values':
      return false;
  }
}

/** True when a condition reads the element with this binding. */
export function isBound(node: BoolNode, binding: number): boolean {
  switch (node.kind) {
    case 'bool':
      return false;
    case 'not':
      return isBound(node.operand, binding);
    case 'and':
    case 'or':
      return node.operands.some((operand) => isBound(operand, binding));
    case 'bool-value':
      return isSourceBound(node.source, binding);
    case 'same-bool':
      return isBound(node.left, binding) || isBound(node.right, binding);
    case 'order':
      return isIntegerBound(node.left, binding) || isIntegerBound(node.right, binding);
    case 'one-of':
      return isIntegerBound(node.subject, binding);
    case 'same-string':
      return isStringBound(node.left, binding) || isStringBound(node.right, binding);
    case 'string-match':
      return isStringBound(node.subject, binding);
    case 'ip-match':
      return isIpBound(node.subject, binding) || node.nets.some((net) => isIpBound(net, binding));
    case 'any':
      return isListBound(node.list, binding) || isBound(node.condition, binding);
    case 'exists':
      return isBound(node.condition, binding);
  }
}

/** Puts a loop around what reads one register. Without an element the whole is false. */
function bindRegister(node: BoolNode, { iterator, binding, span }: Register): BoolNode {
  if (node.kind === 'bool' && !node.value) return node;
  const conjuncts = node.kind === 'and' ? node.operands : [node];
  const inside = conjuncts.filter((conjunct) => isBound(conjunct, binding));
  const outside = conjuncts.filter((conjunct) => !isBound(conjunct, binding));
  const condition = combine('and', inside);
  return combine('and', [...outside, { kind: 'exists', iterator, binding, condition, span }]);
}

/** Puts the loops of all registers around a condition, those named last innermost. */
export function bindRegisters(node: BoolNode, registers: Iterable<Register>): BoolNode {
  return [...registers].reduceRight(bindRegister, node);
}
