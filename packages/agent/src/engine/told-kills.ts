// SPDX-License-Identifier: Apache-2.0
// For whose matches rules have killed. Nobody may be struck without an alert that shows who it was;
// but what a process still did before it ended, or does since it ignores the signal, is no news.

import type { ActionResult, Match } from './match.ts';

export class ToldKills {
  /** Rules by the start of the process whose match they struck for; they go with it. */
  readonly #groups = new WeakMap<object, Set<string>>();

  /** True when a signal was sent for the first match of its process and rule that led to one. */
  isNew({ rule, event }: Pick<Match, 'rule' | 'event'>, results: readonly ActionResult[]): boolean {
    if (!results.some(({ type, status }) => type === 'kill' && status === 'sent')) return false;
    const { startTime } = event.subject.entry;
    const groups = this.#groups.get(startTime) ?? new Set();
    if (groups.has(rule.id)) return false;
    this.#groups.set(startTime, groups.add(rule.id));
    return true;
  }
}
