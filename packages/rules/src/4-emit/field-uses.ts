// SPDX-License-Identifier: Apache-2.0
// Lists what a condition reads: fields, as often as the emitted code mentions them, and elements
// of lists that a quantifier outside of it bound.

import type { FieldSpec } from '@fimbul/schema';
import type { BoolNode, IntegerNode, ListNode, StringNode, ValueSource } from '../2-check/typed.ts';

export type Uses = {
  readonly fields: readonly FieldSpec[];
  readonly elements: readonly number[];
};

type Collector = { readonly fields: FieldSpec[]; readonly elements: number[] };

function collectString(node: StringNode, uses: Collector): void {
  if (node.kind === 'string-value') collectSource(node.source, uses);
  else if (node.kind === 'lower-case' || node.kind === 'root-domain') collectString(node.of, uses);
}

function collectSource(source: ValueSource, uses: Collector): void {
  if (source.from === 'field') uses.fields.push(source.field);
  else if (source.from === 'element') uses.elements.push(source.binding);
}

function collectList(list: ListNode, uses: Collector): void {
  if (list.from !== 'variable') uses.fields.push(list.field);
}

function collectInteger(node: IntegerNode, uses: Collector): void {
  switch (node.kind) {
    case 'integer':
      return;
    case 'integer-value':
      collectSource(node.source, uses);
      return;
    case 'list-length':
      collectList(node.of, uses);
      return;
    case 'iterator-length':
      return;
    case 'string-length':
      collectString(node.of, uses);
      return;
    case 'integer-operation':
      collectInteger(node.left, uses);
      collectInteger(node.right, uses);
      return;
  }
}

function collect(node: BoolNode, uses: Collector): void {
  switch (node.kind) {
    case 'bool':
      return;
    case 'bool-value':
      collectSource(node.source, uses);
      return;
    case 'ip-match':
    case 'exists':
      return;
    case 'not':
      collect(node.operand, uses);
      return;
    case 'and':
    case 'or':
      for (const operand of node.operands) collect(operand, uses);
      return;
    case 'same-bool':
      collect(node.left, uses);
      collect(node.right, uses);
      return;
    case 'order':
      collectInteger(node.left, uses);
      collectInteger(node.right, uses);
      return;
    case 'one-of':
      collectInteger(node.subject, uses);
      return;
    case 'same-string':
      collectString(node.left, uses);
      collectString(node.right, uses);
      return;
    case 'string-match':
      // Matchers mention their subject once or more; a local costs nothing.
      collectString(node.subject, uses);
      collectString(node.subject, uses);
      return;
    case 'any': {
      const inner = listUses(node.condition);
      collectList(node.list, uses);
      uses.fields.push(...inner.fields);
      uses.elements.push(...inner.elements.filter((binding) => binding !== node.binding));
      return;
    }
  }
}

/** Lists the uses of fields and of elements that the condition does not bind itself. */
export function listUses(node: BoolNode): Uses {
  const uses: Collector = { fields: [], elements: [] };
  collect(node, uses);
  return uses;
}

/** Returns the fields that are mentioned more than once. */
export function findRepeated(fields: readonly FieldSpec[]): readonly FieldSpec[] {
  return [...new Set(fields.filter((field, index) => fields.indexOf(field) !== index))];
}
