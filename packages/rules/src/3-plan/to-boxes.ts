// SPDX-License-Identifier: Apache-2.0
// From a condition to the boxes of its disjunctive normal form. Negations are pushed down to the
// predicates, conjunctions intersect, disjunctions collect. Too many boxes become the one around
// them all: that allows more, and never less.

import type { BoolNode, Predicate } from '../2-check/typed.ts';
import { type Box, intersectBoxes, makeFullBox, simplifyBoxes, uniteBoxes } from './box.ts';
import { constrain } from './constraints.ts';

/** More conjunctions of one rule than this share a lane. */
export const boxesMax = 24;

function bound(boxes: readonly Box[]): Box[] {
  const simple = simplifyBoxes(boxes);
  return simple.length > boxesMax ? [simple.reduce(uniteBoxes)] : simple;
}

/** Returns the boxes of a condition; none when it can never hold. */
export function toBoxes(node: BoolNode, negated: boolean, flagBits: readonly number[]): Box[] {
  switch (node.kind) {
    case 'bool':
      return node.value === negated ? [] : [makeFullBox(flagBits.length)];
    case 'not':
      return toBoxes(node.operand, !negated, flagBits);
    case 'and':
    case 'or': {
      const isConjunction = (node.kind === 'and') !== negated;
      const parts = node.operands.map((operand) => toBoxes(operand, negated, flagBits));
      if (!isConjunction) return parts.reduce((left, right) => bound([...left, ...right]), []);
      const full = [makeFullBox(flagBits.length)];
      return parts.reduce(
        (left, right) =>
          bound(left.flatMap((box) => right.map((other) => intersectBoxes(box, other)))),
        full,
      );
    }
    default:
      return simplifyBoxes([constrain(node, negated, flagBits).box]);
  }
}

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
    default:
      return [{ predicate: node, negated }];
  }
}
