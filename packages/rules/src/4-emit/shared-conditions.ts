// SPDX-License-Identifier: Apache-2.0
// Which conditions are worth deciding once for all rules of an event: those that stand in several
// places, largest first, since what is within a shared condition is asked only by it. A condition
// that reads a variable is not shared: a rule may set the variable between two others.

import type { BoolNode } from '../2-check/typed.ts';
import { estimateCost } from './cost.ts';
import type { NodeTable } from './node-facts.ts';

/** Cheaper conditions are decided as fast as a kept answer is looked up. */
const costMin = 8;

type StringMatch = Extract<BoolNode, { readonly kind: 'string-match' }>;

function listParts(node: BoolNode): readonly BoolNode[] {
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.operands;
    case 'not':
      return [node.operand];
    case 'same-bool':
      return [node.left, node.right];
    case 'any':
    case 'exists':
      return [node.condition];
    default:
      return [];
  }
}

export type FoundConditions = {
  /** Numbers of the conditions that are worth sharing. */
  readonly shared: ReadonlySet<number>;
  /** Every comparison of a string with literals, at least once. */
  readonly matches: readonly StringMatch[];
};

/** Finds what the conditions of rules are made of, and what of it they share. */
export function findConditions(conditions: readonly BoolNode[], nodes: NodeTable): FoundConditions {
  const seen = new Set<number>();
  const shared = new Set<number>();
  const matches: StringMatch[] = [];
  const visit = (node: BoolNode): void => {
    const { id, free, isVolatile } = nodes.describe(node);
    const isClosed = free.length === 0;
    if (isClosed && seen.has(id)) {
      const isWorth = node.kind !== 'not' && !isVolatile && estimateCost(node) >= costMin;
      if (isWorth) shared.add(id);
      // A `not` is decided with what it negates; what has a variable in it, part by part.
      if (isWorth || node.kind === 'bool') return;
    }
    if (isClosed) seen.add(id);
    if (node.kind === 'string-match') matches.push(node);
    for (const part of listParts(node)) visit(part);
  };
  for (const condition of conditions) visit(condition);
  return { shared, matches };
}
