// SPDX-License-Identifier: Apache-2.0
// The tree of an expression as it was written: no types, no meaning, a span on every node.
// Chains of one logical operator are one node with all operands; that keeps trees shallow.

import type { IpNet } from '@fimbul/schema';
import type { Span } from '../source-text.ts';
import { formatIpNet } from './network.ts';

export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | '=~' | '!~';
export type MembershipOperator = 'in' | 'not in' | 'allin';
export type BitOperator = '&' | '|' | '^';
export type TextKind = 'string' | 'pattern' | 'regexp';

export type TextTree = {
  readonly kind: 'text';
  readonly text: string;
  readonly style: TextKind;
  /** Where it is no literal of an expression: among the `values` of a macro. */
  readonly origin?: 'values';
  readonly span: Span;
};

/** A name in `${}` or `%{}`: a variable, or a field that stands where a variable may. */
export type PlaceholderTree = {
  readonly kind: 'variable' | 'reference';
  readonly name: string;
  readonly span: Span;
};

export type NetworkTree = {
  readonly kind: 'network';
  readonly net: IpNet;
  /** As it is written. */
  readonly text: string;
  readonly span: Span;
};

/** A string with variables or field references in it. */
export type TemplateTree = {
  readonly kind: 'template';
  readonly parts: readonly (TextTree | PlaceholderTree)[];
  /** What is written between the quotes. */
  readonly text: string;
  /** Only a plain string may hold values; in a pattern it is an error. */
  readonly style: 'string' | 'pattern';
  readonly span: Span;
};

export type Tree =
  | {
      readonly kind: 'logic';
      readonly operator: 'and' | 'or';
      readonly operands: readonly Tree[];
      readonly span: Span;
    }
  | {
      readonly kind: 'comparison';
      readonly operator: ComparisonOperator;
      readonly left: Tree;
      readonly right: Tree;
      readonly span: Span;
    }
  | {
      readonly kind: 'membership';
      readonly operator: MembershipOperator;
      readonly left: Tree;
      readonly right: Tree;
      readonly span: Span;
    }
  | {
      readonly kind: 'arithmetic';
      readonly operator: '+' | '-' | BitOperator;
      readonly left: Tree;
      readonly right: Tree;
      readonly span: Span;
    }
  | {
      readonly kind: 'unary';
      readonly operator: '!' | '-' | '^';
      readonly operand: Tree;
      readonly span: Span;
    }
  | { readonly kind: 'identifier'; readonly name: string; readonly span: Span }
  | { readonly kind: 'integer'; readonly value: bigint; readonly span: Span }
  | { readonly kind: 'duration'; readonly nanoseconds: bigint; readonly span: Span }
  | TextTree
  | TemplateTree
  | PlaceholderTree
  | NetworkTree
  | { readonly kind: 'list'; readonly members: readonly Tree[]; readonly span: Span };

const marks = { string: '', pattern: '~', regexp: 'r' } as const;

/** Writes a tree as one line in prefix form, for tests of the grammar. */
export function formatTree(tree: Tree): string {
  switch (tree.kind) {
    case 'logic':
      return `(${tree.operator} ${tree.operands.map(formatTree).join(' ')})`;
    case 'comparison':
    case 'membership':
    case 'arithmetic':
      return `(${tree.operator} ${formatTree(tree.left)} ${formatTree(tree.right)})`;
    case 'unary':
      return `(${tree.operator} ${formatTree(tree.operand)})`;
    case 'identifier':
      return tree.name;
    case 'integer':
      return String(tree.value);
    case 'duration':
      return `${tree.nanoseconds}ns`;
    case 'text':
      return `${marks[tree.style]}"${tree.text}"`;
    case 'template':
      return `(text ${tree.parts.map(formatTree).join(' ')})`;
    case 'variable':
      return `\${${tree.name}}`;
    case 'reference':
      return `%{${tree.name}}`;
    case 'network':
      return formatIpNet(tree.net);
    case 'list':
      return `[${tree.members.map(formatTree).join(' ')}]`;
  }
}
