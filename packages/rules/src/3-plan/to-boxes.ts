// SPDX-License-Identifier: Apache-2.0
// From a condition to the boxes of its disjunctive normal form. Negations are pushed down to the
// predicates, conjunctions intersect, disjunctions collect. Too many boxes become the one around
// them all: that allows more, and never less.

import type { BoolNode } from '../2-check/typed.ts';
import { type Box, intersectBoxes, isEmptyBox, simplifyBoxes, uniteBoxes } from './box.ts';
import { constrain } from './constraints.ts';
import { forgetProcess } from './forget-process.ts';
import { constrainNone } from './process-constraints.ts';
import type { TrackedValues } from './tracked-values.ts';

/** More conjunctions of one rule than this share a lane. */
export const boxesMax = 24;

function bound(boxes: readonly Box[], tracked: TrackedValues): Box[] {
  const simple = simplifyBoxes(boxes);
  if (simple.length <= boxesMax) return simple;
  const nobodys = simplifyBoxes(simple.map((box) => forgetProcess(box, tracked)));
  return nobodys.length > boxesMax ? [uniteBoxes(nobodys)] : nobodys;
}

/** Intersects all with all, halves first: sets grow, and are copied, only a few times. */
function multiply(parts: readonly (readonly Box[])[], tracked: TrackedValues): Box[] {
  if (parts.length === 0) return [tracked.full];
  if (parts.length === 1) return [...(parts[0] ?? [])];
  const left = multiply(parts.slice(0, parts.length >> 1), tracked);
  const right = multiply(parts.slice(parts.length >> 1), tracked);
  return bound(
    left.flatMap((box) => right.map((other) => intersectBoxes(box, other))),
    tracked,
  );
}

/** Most predicates tell the kernel nothing: theirs is the full box, always the same object. */
function isFull(boxes: readonly Box[], tracked: TrackedValues): boolean {
  return boxes.length === 1 && boxes[0] === tracked.full;
}

function intersectAll(parts: readonly Box[][], tracked: TrackedValues): Box[] {
  return multiply(
    parts.filter((boxes) => !isFull(boxes, tracked)),
    tracked,
  );
}

function uniteAll(parts: readonly Box[][], tracked: TrackedValues): Box[] {
  return parts.find((boxes) => isFull(boxes, tracked)) ?? bound(parts.flat(), tracked);
}

/** Returns the boxes of a condition; none when it can never hold. */
export function toBoxes(node: BoolNode, negated: boolean, tracked: TrackedValues): Box[] {
  switch (node.kind) {
    case 'bool':
      return node.value === negated ? [] : [tracked.full];
    case 'not':
      return toBoxes(node.operand, !negated, tracked);
    case 'and':
    case 'or': {
      const isConjunction = (node.kind === 'and') !== negated;
      const parts = node.operands.map((operand) => toBoxes(operand, negated, tracked));
      return isConjunction ? intersectAll(parts, tracked) : uniteAll(parts, tracked);
    }
    case 'any':
    case 'exists':
      // Where it holds, its condition holds for an element.
      if (!negated) return toBoxes(node.condition, false, tracked);
      return [constrainNone(node.condition, node.binding, tracked)].filter(
        (box) => !isEmptyBox(box),
      );
    default: {
      const { box } = constrain(node, negated, tracked);
      return isEmptyBox(box) ? [] : [box];
    }
  }
}
