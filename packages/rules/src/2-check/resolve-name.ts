// SPDX-License-Identifier: Apache-2.0
// What a name stands for: a word of the language, a constant, a macro, a field; in this order.

import { integerConstants } from '@fimbul/schema';
import type { Tree } from '../1-parse/tree.ts';
import type { Span } from '../source-text.ts';
import { makeInteger } from './intervals.ts';
import type { Operand } from './operand.ts';
import { listOtherNames, rejectName, resolveField } from './resolve-field.ts';
import { report, type Scope } from './scope.ts';

/** Resolves a name; `expand` checks the tree of a macro. */
export function resolveName(
  scope: Scope,
  name: string,
  span: Span,
  expand: (tree: Tree) => Operand,
): Operand {
  if (name === 'true' || name === 'false') {
    return { type: 'bool', node: { kind: 'bool', value: name === 'true' }, span };
  }
  const value = integerConstants.get(name);
  if (value !== undefined) {
    const node = makeInteger(value);
    return { type: 'integer', node, unit: 'none', constants: [{ name, value }], span };
  }
  if (scope.context.macros.has(name)) return expandMacro(scope, name, span, expand);
  return resolveField(scope, name, span) ?? rejectName(scope, name, span, listOtherNames(scope));
}

function expandMacro(
  scope: Scope,
  name: string,
  span: Span,
  expand: (tree: Tree) => Operand,
): Operand {
  const tree = scope.context.macros.get(name)?.tree ?? null;
  if (tree === null) {
    report(scope, 'FR1106', { name }, span);
    return { type: 'failed', span };
  }
  if (scope.expanding.includes(name)) {
    report(scope, 'FR1107', { name }, span);
    return { type: 'failed', span };
  }
  scope.expanding.push(name);
  const operand = expand(tree);
  scope.expanding.pop();
  // Errors about the use of a macro belong to the place of the use.
  return { ...operand, span };
}
