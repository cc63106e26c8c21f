// SPDX-License-Identifier: Apache-2.0
// One side of an operator while it is being checked: its type, and how messages call that.

import type { FieldType, IteratorName } from '@fimbul/schema';
import type { TextKind, TextTree, Tree } from '../1-parse/tree.ts';
import type { Span } from '../source-text.ts';
import type { BoolNode, IntegerNode, IpNode, ListNode, StringNode } from './typed.ts';

/** What is compared of each string: itself, its length, or the registered part of a domain. */
export type Derivation = 'value' | 'length' | 'root-domain';

/** An integer constant that an operand names. */
export type NamedConstant = { readonly name: string; readonly value: bigint };

export type Operand = { readonly span: Span } & (
  | { readonly type: 'bool'; readonly node: BoolNode }
  | {
      readonly type: 'integer';
      readonly node: IntegerNode;
      /** `time`: a moment; `moment`: a computed one; `duration`: of duration literals alone. */
      readonly unit: 'none' | 'time' | 'moment' | 'duration';
      /** Constants it is made of, for as long as it is made of nothing else. */
      readonly constants?: readonly NamedConstant[];
    }
  | {
      readonly type: 'string';
      readonly node: StringNode;
      /** What is written, of text with values in it. */
      readonly written?: string;
    }
  | { readonly type: 'text'; readonly text: string; readonly style: TextKind }
  | { readonly type: 'ip'; readonly node: IpNode }
  | { readonly type: 'list'; readonly list: ListNode; readonly derivation: Derivation }
  /** A value of each element of an iterator that is not simply an element of a list. */
  | {
      readonly type: 'each';
      readonly iterator: IteratorName;
      readonly read: (binding: number) => Operand;
    }
  | TextsOperand
  | {
      readonly type: 'integers';
      readonly members: readonly IntegerMember[];
      /** The array of their values: one for all uses of a macro. */
      readonly values: readonly bigint[];
    }
  | { readonly type: 'ips'; readonly nets: readonly IpNode[] }
  /** Something is wrong with it, and that was reported. */
  | { readonly type: 'failed' }
);

export type TextsOperand = {
  readonly type: 'texts';
  /** The list as it was parsed: what derives from its literals is made once. */
  readonly tree: Tree;
  readonly literals: readonly TextTree[];
  /** Members with values in them. */
  readonly templates: readonly OperandOf<'string'>[];
  readonly span: Span;
};

export type OperandOf<Type extends Operand['type']> = Extract<Operand, { readonly type: Type }>;

export type IntegerMember = {
  readonly value: bigint;
  /** The constant it is written as. */
  readonly name: string | null;
  readonly span: Span;
};

const listNames = {
  string: 'a list of strings',
  int: 'a list of integers',
  bool: 'a list of booleans',
  ip: 'a list of networks',
};

/** The type of the elements of a list. */
export function getElementType(list: ListNode): FieldType {
  return list.from === 'variable' ? list.variable.type : list.field.type;
}

/** The type of what is compared of each element. */
export function getComparedType({ list, derivation }: OperandOf<'list'>): FieldType {
  return derivation === 'length' ? 'int' : getElementType(list);
}

function describeEach(operand: Operand): string {
  switch (operand.type) {
    case 'bool':
      return listNames.bool;
    case 'integer':
      return listNames.int;
    case 'ip':
      return listNames.ip;
    default:
      return listNames.string;
  }
}

/** Names an operand's type in a message. */
export function describeOperand(operand: Operand): string {
  switch (operand.type) {
    case 'bool':
      return 'a boolean';
    case 'integer':
      return operand.unit === 'duration' ? 'a duration' : 'an integer';
    case 'string':
      return operand.written === undefined ? 'a string' : 'a string with values in it';
    case 'text':
      return { string: 'a string', pattern: 'a pattern', regexp: 'a regular expression' }[
        operand.style
      ];
    case 'ip':
      return 'a network address';
    case 'list':
      return listNames[getComparedType(operand)];
    case 'each':
      return describeEach(operand.read(0));
    case 'integers':
      return 'a list of integers';
    case 'texts':
      return 'a list of strings';
    case 'ips':
      return 'a list of networks';
    case 'failed':
      return 'an error';
  }
}
