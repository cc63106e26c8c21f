// SPDX-License-Identifier: Apache-2.0
// Does what matches ask for, and tells what came of it for the alert that follows. `set` is not
// here: it is part of evaluating rules.

import type { KillAction } from '@fimbul/rules/run';
import type { ActionResult, KillStatus, LogResult, Match } from '../engine/match.ts';
import type { Kill } from './kill.ts';
import { KillLines } from './kill-lines.ts';
import { LogLines } from './log-lines.ts';

export type ActionCounters = {
  /** Actions by their name and what became of them, such as `kill sent`. */
  readonly done: ReadonlyMap<string, number>;
};

export type ActionRunnerParts = {
  readonly kill: Kill;
  /** Writes a line to standard error; false when it had to be left out. */
  readonly writeStatus: (text: string) => boolean;
};

const nothing: readonly ActionResult[] = [];

/** The answers of the kernel are counted as one. */
function nameStatus(status: KillStatus | LogResult['status']): string {
  return status.startsWith('refused') ? 'refused' : status;
}

export class ActionRunner {
  readonly #kill: Kill;
  readonly #log: LogLines;
  readonly #killLines: KillLines;
  readonly #done = new Map<string, number>();

  constructor({ kill, writeStatus }: ActionRunnerParts) {
    this.#kill = kill;
    this.#log = new LogLines(writeStatus);
    this.#killLines = new KillLines(writeStatus);
  }

  get counters(): ActionCounters {
    return { done: this.#done };
  }

  /** Does what is due; the results are in the order of the rule's actions. */
  run(match: Match): readonly ActionResult[] {
    // Most rules have no actions.
    if (match.actions.length === 0) return nothing;
    const results: ActionResult[] = [];
    for (const due of match.actions) {
      const result = this.#runOne(due, match);
      if (result === null) continue;
      results.push(result);
      const name = `${result.type} ${nameStatus(result.status)}`;
      this.#done.set(name, (this.#done.get(name) ?? 0) + 1);
    }
    return results;
  }

  /** Tells what was held back; called now and then, and at the end. */
  look(): void {
    this.#log.tellLeftOut();
    this.#killLines.tellLeftOut();
  }

  #runKill(action: KillAction, match: Match): ActionResult {
    const result = this.#kill(action, match);
    // All others are told in an alert.
    if (match.outcome === 'silent') this.#killLines.write(match, result);
    return result;
  }

  #runOne(due: Match['actions'][number], match: Match): ActionResult | null {
    switch (due.kind) {
      case 'kill':
        return this.#runKill(due.action, match);
      case 'log': {
        const { level } = due.action;
        const { message } = due;
        const line = { level, ruleId: match.rule.id, message, timeNs: match.timeNs };
        const status = this.#log.write(line) ? 'written' : 'left out';
        return { type: 'log', level, message, status };
      }
      case 'hash':
        return null;
    }
  }
}
