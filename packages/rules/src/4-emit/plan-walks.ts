// SPDX-License-Identifier: Apache-2.0
// Which fields get an automaton: those that the index asks for patterns, and those that rules
// compare with many. It then answers for all lists of the field.

import type { BoolNode } from '../2-check/typed.ts';
import { directWildsMax } from './emit-match.ts';
import { FieldWalk, isWild } from './field-walk.ts';
import type { NodeTable } from './node-facts.ts';
import type { RuleIndex } from './rule-index.ts';
import { listParts } from './shared-conditions.ts';

/** Makes the automata of fields, by the name of the field. */
export function planWalks(
  conditions: readonly BoolNode[],
  nodes: NodeTable,
  index: RuleIndex,
): ReadonlyMap<string, FieldWalk> {
  const walks = new Map(index.fields.map(({ field, walk }) => [field.name, walk]));
  const seen = new Set<BoolNode>();
  const visit = (node: BoolNode): void => {
    if (seen.has(node)) return;
    seen.add(node);
    for (const part of listParts(node)) visit(part);
    if (node.kind !== 'string-match' || node.subject.kind !== 'string-value') return;
    const { source } = node.subject;
    if (source.from !== 'field') return;
    const known = walks.get(source.field.name);
    const list = nodes.getMatchersId(node.matchers);
    if (known?.hasList(list)) return;
    const wilds = node.matchers.filter(isWild);
    if (wilds.length === 0) return;
    const walk = known ?? new FieldWalk();
    walks.set(source.field.name, walk);
    walk.addList(list, wilds);
  };
  for (const condition of conditions) visit(condition);
  return new Map([...walks].filter(([, walk]) => walk.hasRules || walk.wildCount > directWildsMax));
}
