// SPDX-License-Identifier: Apache-2.0
// Which rules of two compilations are the same, so that one goes on with what the other began:
// those of one id. Siblings of a rule are told apart by their event type and their order.

import type { CompiledRule } from '../compiled-rule.ts';

export type NamedRule = Pick<CompiledRule, 'id' | 'index' | 'eventType'>;

/** Names rules by their index. */
export function nameRules(rules: readonly NamedRule[]): readonly string[] {
  const counts = new Map<string, number>();
  const names: string[] = [];
  for (const { id, index, eventType } of rules) {
    const name = `${id} ${eventType}`;
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    names[index] = `${name} ${count}`;
  }
  return names;
}

/** Names what `every` of a rule holds back in: the same for its siblings. */
export function nameLimit({ id, everyNs }: Pick<CompiledRule, 'id' | 'everyNs'>): string {
  return `${everyNs} ${id}`;
}
