// SPDX-License-Identifier: Apache-2.0
// One side of an operator while it is being checked, and the state of checking one expression.

import type { FieldType } from '@fimbul/schema';
import type { TextKind, TextTree, Tree } from '../1-parse/tree.ts';
import type { DiagnosticCode } from '../diagnostic-catalogue.ts';
import { createDiagnostic, type Diagnostic, type DiagnosticWords } from '../diagnostics.ts';
import { locateSpan, type Span } from '../source-text.ts';
import type { BoolNode, IntegerNode, ListNode, StringNode } from './typed.ts';

export type Operand = { readonly span: Span } & (
  | { readonly type: 'bool'; readonly node: BoolNode }
  | {
      readonly type: 'integer';
      readonly node: IntegerNode;
      /** `time`: a moment; `duration`: made of duration literals alone. */
      readonly unit: 'none' | 'time' | 'duration';
    }
  | { readonly type: 'string'; readonly node: StringNode }
  | { readonly type: 'text'; readonly text: string; readonly style: TextKind }
  | { readonly type: 'list'; readonly list: ListNode }
  /** The length of each element of a list. */
  | { readonly type: 'lengths'; readonly list: ListNode }
  | { readonly type: 'texts'; readonly members: readonly TextTree[] }
  | { readonly type: 'integers'; readonly members: readonly IntegerMember[] }
  /** Something is wrong with it, and that was reported. */
  | { readonly type: 'failed' }
);

export type IntegerMember = { readonly value: bigint; readonly span: Span };

/** A macro as the checker sees it; a broken one has an error that was reported at its place. */
export type Macro = {
  readonly id: string;
  readonly tree: Tree | null;
};

/** The state of checking one expression. */
export type Scope = {
  readonly macros: ReadonlyMap<string, Macro>;
  readonly problems: Diagnostic[];
  /** Event types that the expression names, each with its first place. */
  readonly events: Map<string, Span>;
  readonly fieldsRead: Set<string>;
  /** The first event type it names that this agent does not produce. */
  absentEvent: { readonly event: string; readonly span: Span } | null;
  /** Macros being put in, outermost first. */
  readonly expanding: string[];
  partsLeft: number;
  /** Levels of the tree above the node being checked, through macros too. */
  depth: number;
  bindings: number;
};

/** With their macros, deeper expressions are refused, so that no phase can exhaust the stack. */
export const depthMax = 300;

/** More parts than any rule needs; doubling macros reach it after a dozen steps. */
export const partsMax = 50_000;

export function createScope(macros: ReadonlyMap<string, Macro>): Scope {
  return {
    macros,
    problems: [],
    events: new Map(),
    fieldsRead: new Set(),
    absentEvent: null,
    expanding: [],
    partsLeft: partsMax,
    depth: 0,
    bindings: 0,
  };
}

export function report<Code extends DiagnosticCode>(
  scope: Scope,
  code: Code,
  words: DiagnosticWords<Code>,
  span: Span,
): void {
  scope.problems.push(createDiagnostic(code, words, locateSpan(span)));
}

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

/** Names an operand's type in a message. */
export function describeOperand(operand: Operand): string {
  switch (operand.type) {
    case 'bool':
      return 'a boolean';
    case 'integer':
      return operand.unit === 'duration' ? 'a duration' : 'an integer';
    case 'string':
      return 'a string';
    case 'text':
      return { string: 'a string', pattern: 'a pattern', regexp: 'a regular expression' }[
        operand.style
      ];
    case 'list':
      return listNames[getElementType(operand.list)];
    case 'lengths':
    case 'integers':
      return 'a list of integers';
    case 'texts':
      return 'a list of strings';
    case 'failed':
      return 'an error';
  }
}
