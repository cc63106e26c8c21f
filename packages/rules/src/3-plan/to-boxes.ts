// SPDX-License-Identifier: Apache-2.0
// From a condition to the boxes of its disjunctive normal form. Negations are pushed down to the
// predicates, conjunctions intersect, disjunctions collect. Too many boxes become the one around
// them all: that allows more, and never less.

import type { BoolNode, Predicate } from '../2-check/typed.ts';
import {
  type Box,
  intersectBoxes,
  isEmptyBox,
  makeFullBox,
  simplifyBoxes,
  uniteBoxes,
} from './box.ts';
import { constrain } from './constraints.ts';

/** More conjunctions of one rule than this share a lane. */
export const boxesMax = 24;

function bound(boxes: readonly Box[]): Box[] {
  const simple = simplifyBoxes(boxes);
  return simple.length > boxesMax ? [uniteBoxes(simple)] : simple;
}

/** Intersects all with all, halves first: sets grow, and are copied, only a few times. */
function multiply(parts: readonly (readonly Box[])[], flagBits: readonly number[]): Box[] {
  if (parts.length === 0) return [makeFullBox(flagBits.length)];
  if (parts.length === 1) return [...(parts[0] ?? [])];
  const left = multiply(parts.slice(0, parts.length >> 1), flagBits);
  const right = multiply(parts.slice(parts.length >> 1), flagBits);
  return bound(left.flatMap((box) => right.map((other) => intersectBoxes(box, other))));
}

/** Most predicates tell the kernel nothing: theirs is the full box, always the same object. */
function isFull(boxes: readonly Box[], flagBits: readonly number[]): boolean {
  return boxes.length === 1 && boxes[0] === makeFullBox(flagBits.length);
}

function intersectAll(parts: readonly Box[][], flagBits: readonly number[]): Box[] {
  return multiply(
    parts.filter((boxes) => !isFull(boxes, flagBits)),
    flagBits,
  );
}

function uniteAll(parts: readonly Box[][], flagBits: readonly number[]): Box[] {
  return parts.find((boxes) => isFull(boxes, flagBits)) ?? bound(parts.flat());
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
      return isConjunction ? intersectAll(parts, flagBits) : uniteAll(parts, flagBits);
    }
    case 'exists':
      // Where it holds, its condition holds for an element; where it does not, nothing is known.
      return negated ? [makeFullBox(flagBits.length)] : toBoxes(node.condition, false, flagBits);
    default: {
      const { box } = constrain(node, negated, flagBits);
      return isEmptyBox(box) ? [] : [box];
    }
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
    case 'exists':
      return listLiterals(node.condition, negated);
    default:
      return [{ predicate: node, negated }];
  }
}
