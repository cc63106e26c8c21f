// SPDX-License-Identifier: Apache-2.0
// The typed tree: what an expression means, in as few kinds of node as possible. `!=`, `not in`
// and `!~` are `not` around their positive form; a comparison with a list is `any` around a
// comparison with one element; macros, constants and durations are gone. All strings are bytes.

import type { FieldSpec, IpNet, IteratorName } from '@fimbul/schema';
import type { Span } from '../source-text.ts';
import type { Glob } from './glob.ts';
import type { VariableSpec } from './variables.ts';

/** Inclusive bounds of an integer. */
export type Interval = { readonly min: bigint; readonly max: bigint };

export type OrderOperator = '==' | '<' | '<=' | '>' | '>=';
export type IntegerOperator = '+' | '-' | '&' | '|' | '^';

/** A list of values at run time. */
export type ListNode =
  /** A list field. Of an iterator: the values of all its elements, lists among them flattened. */
  | { readonly from: 'field'; readonly field: FieldSpec }
  /** A list field of the one element of an iterator that a register stands for. */
  | { readonly from: 'register'; readonly field: FieldSpec; readonly binding: number }
  /** A list field of the n-th element of an iterator; empty where there is none. */
  | { readonly from: 'index'; readonly field: FieldSpec; readonly index: number }
  | { readonly from: 'variable'; readonly variable: VariableSpec };

/** Where a single value comes from; its type is that of the node around it. */
export type ValueSource =
  /** A field that is neither a list nor of an iterator. */
  | { readonly from: 'field'; readonly field: FieldSpec }
  /** The element of a list that the `any` with this binding is looking at. */
  | { readonly from: 'element'; readonly binding: number; readonly list: ListNode }
  /** The field of the element of an iterator that a register stands for. */
  | { readonly from: 'register'; readonly field: FieldSpec; readonly binding: number }
  /** The n-th entry; the zero value where there is none. */
  | { readonly from: 'index'; readonly list: ListNode; readonly index: number }
  | { readonly from: 'variable'; readonly variable: VariableSpec }
  /** `${builtins.uuid4}`: another text at each evaluation. */
  | { readonly from: 'uuid' };

export type StringNode =
  /** A literal, as bytes. */
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'string-value'; readonly source: ValueSource }
  /** Text with values in it: what each part gives as text, joined. */
  | { readonly kind: 'string-template'; readonly parts: readonly TemplatePart[] }
  /** ASCII letters in lower case, for domain names; what it is compared with is lowered too. */
  | { readonly kind: 'lower-case'; readonly of: StringNode }
  /** The registrable domain of a domain name, in lower case; empty where it has none. */
  | { readonly kind: 'root-domain'; readonly of: StringNode };

/** Integers are written in decimal, booleans as true and false, lists with commas. */
export type TemplatePart = ValueNode;

export type IntegerNode = { readonly interval: Interval } & (
  | { readonly kind: 'integer'; readonly value: bigint }
  | { readonly kind: 'integer-value'; readonly source: ValueSource }
  | { readonly kind: 'string-length'; readonly of: StringNode }
  | { readonly kind: 'list-length'; readonly of: ListNode }
  /** How many elements an iterator has. */
  | { readonly kind: 'iterator-length'; readonly iterator: IteratorName }
  | {
      readonly kind: 'integer-operation';
      readonly operator: IntegerOperator;
      readonly left: IntegerNode;
      readonly right: IntegerNode;
    }
);

export type IpNode =
  | { readonly kind: 'ip'; readonly net: IpNet }
  | { readonly kind: 'ip-value'; readonly source: ValueSource };

/**
 * How two networks are compared: `same` address and prefix; `overlap`: they have an address in
 * common; `within`: the left is contained in the right. Different families never compare.
 */
export type IpRelation = 'same' | 'overlap' | 'within';

/** What one string literal accepts. Values are byte strings, a regular expression is text. */
export type StringMatcher =
  | { readonly kind: 'exact'; readonly value: string }
  | { readonly kind: 'glob'; readonly glob: Glob }
  | { readonly kind: 'pattern'; readonly pattern: string }
  | { readonly kind: 'regexp'; readonly regexp: string };

/** A boolean that is not made of other booleans. */
export type Predicate = { readonly span: Span } & (
  | { readonly kind: 'bool-value'; readonly source: ValueSource }
  | { readonly kind: 'same-bool'; readonly left: BoolNode; readonly right: BoolNode }
  | {
      readonly kind: 'order';
      readonly operator: OrderOperator;
      readonly left: IntegerNode;
      readonly right: IntegerNode;
    }
  | {
      readonly kind: 'one-of';
      readonly subject: IntegerNode;
      readonly values: readonly bigint[];
    }
  | { readonly kind: 'same-string'; readonly left: StringNode; readonly right: StringNode }
  | {
      /** True when any of the matchers accepts the subject. */
      readonly kind: 'string-match';
      readonly subject: StringNode;
      /** Lists of one macro are one array: what derives from it is made once. */
      readonly matchers: readonly StringMatcher[];
    }
  | {
      /** True when the relation holds between the subject and any of the networks. */
      readonly kind: 'ip-match';
      readonly relation: IpRelation;
      readonly subject: IpNode;
      readonly nets: readonly IpNode[];
    }
  | {
      /** True when the condition holds for any element of the list. */
      readonly kind: 'any';
      readonly list: ListNode;
      readonly binding: number;
      readonly condition: BoolNode;
    }
  | {
      /** True when the condition holds for some element of the iterator: a register. */
      readonly kind: 'exists';
      readonly iterator: IteratorName;
      readonly binding: number;
      readonly condition: BoolNode;
    }
);

export type BoolNode =
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'not'; readonly operand: BoolNode }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly BoolNode[] }
  | Predicate;

/** A value of any type: what an action stores or writes. */
export type ValueNode =
  | { readonly type: 'bool'; readonly node: BoolNode }
  | { readonly type: 'int'; readonly node: IntegerNode }
  | { readonly type: 'string'; readonly node: StringNode }
  | { readonly type: 'ip'; readonly node: IpNode }
  /** The type of its elements is that of the field or variable. */
  | { readonly type: 'list'; readonly node: ListNode }
  /** A list that the policy spells out. */
  | { readonly type: 'values'; readonly values: readonly RuntimeScalar[] };

/**
 * A value at run time: a boolean, a byte string, a network, or an integer, which is a number where
 * the bounds of its field fit into ±(2^53 - 1) and a bigint otherwise. Integers in variables are
 * always bigint.
 */
export type RuntimeScalar = string | number | bigint | boolean | IpNet;
export type RuntimeValue = RuntimeScalar | readonly RuntimeScalar[];

export function isList(value: RuntimeValue): value is readonly RuntimeScalar[] {
  return Array.isArray(value);
}

/** Negates, without piling up double negations. */
export function negate(node: BoolNode): BoolNode {
  if (node.kind === 'bool') return { kind: 'bool', value: !node.value };
  return node.kind === 'not' ? node.operand : { kind: 'not', operand: node };
}

/** Combines, leaving out what cannot change the result. */
export function combine(kind: 'and' | 'or', operands: readonly BoolNode[]): BoolNode {
  const absorbing = kind === 'or';
  const flat: BoolNode[] = [];
  for (const operand of operands) {
    if (operand.kind === 'bool') {
      if (operand.value === absorbing) return operand;
    } else if (operand.kind === kind) {
      flat.push(...operand.operands);
    } else {
      flat.push(operand);
    }
  }
  const [only] = flat;
  if (only === undefined) return { kind: 'bool', value: !absorbing };
  return flat.length === 1 ? only : { kind, operands: flat };
}

/** The field that the elements of a list come from; null for a variable. */
export function getListField(list: ListNode): FieldSpec | null {
  return list.from === 'variable' ? null : list.field;
}

/** True for one field read twice, which gives one value. */
export function isSameField(left: ValueSource, right: ValueSource): boolean {
  return left.from === 'field' && right.from === 'field' && left.field === right.field;
}

/** The field that a value comes from, however it is reached; null for a variable. */
export function getValueField(source: ValueSource): FieldSpec | null {
  switch (source.from) {
    case 'field':
    case 'register':
      return source.field;
    case 'element':
    case 'index':
      return getListField(source.list);
    case 'variable':
    case 'uuid':
      return null;
  }
}
