// SPDX-License-Identifier: Apache-2.0
// Where the expressions of a policy stand, or of a rule test that has its rules inside.

import { type Document, isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml';

/** Lists the scalars of a document that hold an expression. */
export function listExpressions(document: Document): readonly Scalar[] {
  const found: Scalar[] = [];
  // What an alias repeats elsewhere may be plain text there.
  const add = (node: unknown): void => {
    if (isScalar(node) && typeof node.value === 'string' && !node.anchor && !node.tag) {
      found.push(node);
    }
  };
  for (const list of ['macros', 'rules']) {
    for (const item of listItems(getValue(document.contents, list))) {
      add(getValue(item, 'expression'));
      for (const filter of listItems(getValue(item, 'filters'))) add(filter);
      for (const action of listItems(getValue(item, 'actions'))) {
        add(getValue(action, 'filter'));
        add(getValue(getValue(action, 'set'), 'expression'));
      }
    }
  }
  return found;
}

function getValue(node: unknown, key: string): Node | null {
  if (!isMap(node)) return null;
  const pair = node.items.find(({ key: name }) => isScalar(name) && name.value === key);
  return (pair?.value ?? null) as Node | null;
}

function listItems(node: unknown): readonly unknown[] {
  return isSeq(node) ? node.items : [];
}
