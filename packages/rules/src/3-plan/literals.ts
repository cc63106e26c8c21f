// SPDX-License-Identifier: Apache-2.0
// The predicates of a condition, each with the sign that it counts with.

import type { BoolNode, Predicate } from '../2-check/typed.ts';

/** A predicate with the sign it has after all negations were pushed down. */
export type Literal = { readonly predicate: Predicate; readonly negated: boolean };

/** Lists the predicates of a condition in the order in which they are written. */
export function listLiterals(node: BoolNode, negated = false): Literal[] {
  switch (node.kind) {
    case 'bool':
      return [];
    case 'not':
      return listLiterals(node.operand, !negated);
    case 'and':
    case 'or':
      return node.operands.flatMap((operand) => listLiterals(operand, negated));
    case 'exists':
      return listLiterals(node.condition, negated);
    default:
      return [{ predicate: node, negated }];
  }
}
