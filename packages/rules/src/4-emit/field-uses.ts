// SPDX-License-Identifier: Apache-2.0
// Lists what a condition reads: fields, as often as the emitted code mentions them, and elements
// of lists that a quantifier outside of it bound.

import type { FieldSpec } from '@fimbul/schema';
import type { BoolNode, IntegerNode, StringNode } from '../2-check/typed.ts';

export type Uses = {
  readonly fields: readonly FieldSpec[];
  readonly elements: readonly number[];
};

type Collector = { readonly fields: FieldSpec[]; readonly elements: number[] };

function collectString(node: StringNode, uses: Collector): void {
  if (node.kind === 'string-field') uses.fields.push(node.field);
  else uses.elements.push(node.binding);
}

function collectInteger(node: IntegerNode, uses: Collector): void {
  switch (node.kind) {
    case 'integer':
      return;
    case 'integer-field':
    case 'list-length':
      uses.fields.push(node.field);
      return;
    case 'integer-element':
      uses.elements.push(node.binding);
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
    case 'bool-field':
      uses.fields.push(node.field);
      return;
    case 'bool-element':
      uses.elements.push(node.binding);
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
      uses.fields.push(node.field, ...inner.fields);
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
