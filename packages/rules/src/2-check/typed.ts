// SPDX-License-Identifier: Apache-2.0
// The typed tree: what an expression means, in as few kinds of node as possible. `!=`, `not in`
// and `!~` are `not` around their positive form; a comparison with a list is `any` around a
// comparison with one element; macros, constants and durations are gone. All strings are bytes.

import type { FieldSpec } from '@fimbul/schema';
import type { Span } from '../source-text.ts';
import type { Glob } from './glob.ts';

/** Inclusive bounds of an integer. */
export type Interval = { readonly min: bigint; readonly max: bigint };

export type OrderOperator = '==' | '<' | '<=' | '>' | '>=';
export type IntegerOperator = '+' | '-' | '&' | '|' | '^';

export type StringNode =
  | { readonly kind: 'string-field'; readonly field: FieldSpec }
  | { readonly kind: 'string-element'; readonly binding: number; readonly field: FieldSpec };

export type IntegerNode = { readonly interval: Interval } & (
  | { readonly kind: 'integer'; readonly value: bigint }
  | { readonly kind: 'integer-field'; readonly field: FieldSpec }
  | { readonly kind: 'integer-element'; readonly binding: number; readonly field: FieldSpec }
  | { readonly kind: 'string-length'; readonly of: StringNode }
  | { readonly kind: 'list-length'; readonly field: FieldSpec }
  | {
      readonly kind: 'integer-operation';
      readonly operator: IntegerOperator;
      readonly left: IntegerNode;
      readonly right: IntegerNode;
    }
);

/** What one string literal accepts. Values are byte strings, a regular expression is text. */
export type StringMatcher =
  | { readonly kind: 'exact'; readonly value: string }
  | { readonly kind: 'glob'; readonly glob: Glob }
  | { readonly kind: 'pattern'; readonly pattern: string }
  | { readonly kind: 'regexp'; readonly regexp: string };

/** A boolean that is not made of other booleans. */
export type Predicate = { readonly span: Span } & (
  | { readonly kind: 'bool-field'; readonly field: FieldSpec }
  | { readonly kind: 'bool-element'; readonly binding: number; readonly field: FieldSpec }
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
      readonly matchers: readonly StringMatcher[];
    }
  | {
      /** True when the condition holds for any element of the list field. */
      readonly kind: 'any';
      readonly field: FieldSpec;
      readonly binding: number;
      readonly condition: BoolNode;
    }
);

export type BoolNode =
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'not'; readonly operand: BoolNode }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly BoolNode[] }
  | Predicate;

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
