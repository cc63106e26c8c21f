// SPDX-License-Identifier: Apache-2.0
// Which fields get an automaton: those that the index asks for patterns, and those that rules
// compare with many. It then answers for all lists of the field.

import { directWildsMax } from './emit-match.ts';
import { FieldWalk, isWild } from './field-walk.ts';
import type { NodeTable } from './node-facts.ts';
import type { RuleIndex } from './rule-index.ts';
import type { FoundConditions } from './shared-conditions.ts';

/** Makes the automata of fields, by the name of the field. */
export function planWalks(
  matches: FoundConditions['matches'],
  nodes: NodeTable,
  index: RuleIndex,
): ReadonlyMap<string, FieldWalk> {
  const walks = new Map(index.fields.map(({ field, walk }) => [field.name, walk]));
  for (const { subject, matchers } of matches) {
    if (subject.kind !== 'string-value' || subject.source.from !== 'field') continue;
    const { name } = subject.source.field;
    const known = walks.get(name);
    const list = nodes.getMatchersId(matchers);
    if (known?.hasList(list)) continue;
    const wilds = matchers.filter(isWild);
    if (wilds.length === 0) continue;
    const walk = known ?? new FieldWalk();
    walks.set(name, walk);
    walk.addList(list, wilds);
  }
  return new Map([...walks].filter(([, walk]) => walk.hasRules || walk.wildCount > directWildsMax));
}
