// SPDX-License-Identifier: Apache-2.0
// What the running rules' filter lets pass, and because of which rule, for as long as somebody
// watches. The counts stay when nobody does, so that two looks make a difference.

import type { RecordBatch } from '@fimbul/probe';
import { type CompiledPolicies, shareStream } from '@fimbul/rules/run';
import { fileOperations, type StreamDocument, statusFormat } from '@fimbul/schema';
import { LaneCounter } from '../engine/lane-counter.ts';

export type StreamFacts = Pick<StreamDocument, 'clock_seconds' | 'agent_started' | 'stream'> & {
  /** Matches by the index of the rule. */
  readonly matches: readonly number[];
};

export class StreamWatch {
  readonly #policies: CompiledPolicies;
  readonly #generation: number;
  readonly #counter: LaneCounter;

  /** `generation` is what the filter of these policies marks records with. */
  constructor(policies: CompiledPolicies, generation: number) {
    this.#policies = policies;
    this.#generation = generation;
    this.#counter = new LaneCounter(policies.filter);
  }

  take(batch: RecordBatch): void {
    this.#counter.countLive(batch, this.#generation);
  }

  makeDocument({ matches, ...facts }: StreamFacts): StreamDocument {
    const { rules } = this.#policies;
    const { census, lookedAt } = this.#counter;
    const shares = shareStream(rules, { census, matches });
    return {
      format: statusFormat,
      ...facts,
      generation: this.#generation,
      looked_at: lookedAt,
      counted: fileOperations.reduce((sum, operation) => sum + census.countAll(operation), 0),
      rules: rules.flatMap(({ id, policy, index, group }) => {
        const shared = index === group ? shares.get(group) : undefined;
        if (shared === undefined) return [];
        const { sent, sent_alone: alone, matches: matched } = shared;
        return [{ id, policy, sent, sent_alone: alone, matches: matched }];
      }),
    };
  }
}
