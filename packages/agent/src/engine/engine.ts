// SPDX-License-Identifier: Apache-2.0
// The hot path: records in, matches out. Records about processes feed the process cache before
// anything that follows them is judged; file records and exec and exit are evaluated by the rules
// that the kernel could not rule out. Synchronous, batched, no promise per event.

import {
  type RecordBatch,
  RecordError,
  RecordView,
  readCgroupRecord,
  readExecRecord,
  readExitRecord,
  readForkRecord,
  readProcessFacts,
} from '@fimbul/probe';
import { type CompiledPolicies, type EmittedRuleSet, emitRuleSet } from '@fimbul/rules';
import { type Operation, type RecordKind, recordHeaderOffsets, recordKinds } from '@fimbul/schema';
import type { ProcessCache } from '../context/process-cache.ts';
import { buildRuleAccessors } from './accessors.ts';
import { type EventSurroundings, EventView } from './event-view.ts';
import { type Match, nothingSuppressed } from './match.ts';
import { RateLimit } from './rate-limit.ts';

export type EngineCounters = {
  /** Records taken from the ring, by kind. */
  readonly received: Record<RecordKind, number>;
  /** Matches by rule index, those held back included. */
  readonly matched: number[];
  /** Matches held back by `every`, by rule index. */
  readonly suppressed: number[];
  /** Records that could not be decoded. */
  undecodable: number;
};

export type EngineOptions = {
  readonly policies: CompiledPolicies;
  readonly processes: ProcessCache;
  readonly surroundings: EventSurroundings;
  /** Unique for this run of the agent; event ids start with it. */
  readonly runId: string;
  readonly onMatch: (match: Match) => void;
};

export class Engine {
  readonly counters: EngineCounters;
  readonly #options: EngineOptions;
  readonly #ruleSet: EmittedRuleSet<EventView>;
  readonly #limits: readonly (RateLimit | null)[];
  readonly #record: RecordView;
  readonly #event: EventView;
  readonly #matches: number[] = [];
  #eventCount = 0;

  constructor(options: EngineOptions, batch: RecordBatch) {
    const { rules } = options.policies;
    this.#options = options;
    this.#ruleSet = emitRuleSet<EventView>(options.policies, buildRuleAccessors());
    this.#limits = rules.map(({ everyNs }) => (everyNs ? new RateLimit(everyNs) : null));
    this.#record = new RecordView(batch);
    this.#event = new EventView(this.#record, options.surroundings);
    this.counters = {
      received: Object.fromEntries(recordKinds.map((kind) => [kind, 0])) as Record<
        RecordKind,
        number
      >,
      matched: rules.map(() => 0),
      suppressed: rules.map(() => 0),
      undecodable: 0,
    };
  }

  /** Judges all records of a batch, in their order. */
  judge(batch: RecordBatch): void {
    for (let index = 0; index < batch.count; index += 1) {
      try {
        const kind = this.#record.moveTo(batch, index);
        this.counters.received[kind] += 1;
        this.#judgeRecord(kind);
      } catch (error) {
        if (!(error instanceof RecordError)) throw error;
        this.counters.undecodable += 1;
      }
    }
  }

  #judgeRecord(kind: RecordKind): void {
    const { processes } = this.#options;
    switch (kind) {
      case 'cgroup':
        processes.applyCgroup(readCgroupRecord(this.#record));
        return;
      case 'fork':
        processes.applyFork(readForkRecord(this.#record));
        return;
      case 'exec':
        processes.applyExec(readExecRecord(this.#record));
        this.#evaluate('exec');
        return;
      case 'exit':
        this.#evaluate('exit');
        processes.applyExit(readExitRecord(this.#record));
        return;
      case 'open':
      case 'unlink':
      case 'rename':
      case 'chmod':
        this.#evaluate(kind);
    }
  }

  #evaluate(operation: Operation): void {
    const emitted = this.#ruleSet.programs.get(operation);
    if (!emitted) return;
    const facts = readProcessFacts(this.#record);
    const entry = this.#options.processes.resolve(facts);
    this.#event.moveTo(operation, { entry, facts });
    const matches = this.#matches;
    matches.length = 0;
    emitted.evaluate(
      this.#event,
      this.#record.getS32(recordHeaderOffsets.lanes),
      this.#record.getS32(recordHeaderOffsets.lanes + 4),
      matches,
    );
    if (matches.length > 0) this.#report(matches);
  }

  #report(matches: readonly number[]): void {
    this.#eventCount += 1;
    const eventId = `${this.#options.runId}-${this.#eventCount}`;
    const timestampNs = this.#record.getU64(recordHeaderOffsets.timestampNs);
    for (const index of matches) {
      const rule = this.#options.policies.rules[index];
      if (!rule) throw new Error(`evaluation named rule ${index}, which does not exist`);
      this.counters.matched[index] = (this.counters.matched[index] ?? 0) + 1;
      const limit = this.#limits[index];
      const passage = limit ? limit.pass(timestampNs) : { suppressed: 0 };
      if (passage === null) {
        this.counters.suppressed[index] = (this.counters.suppressed[index] ?? 0) + 1;
      } else if (!rule.silent) {
        const suppressed = { ...nothingSuppressed, count: passage.suppressed };
        this.#options.onMatch({
          ...{ rule, event: this.#event, eventId, timeNs: timestampNs, outcome: 'alert' },
          ...{ suppressed, actions: [], results: [], variables: [] },
        });
      }
    }
  }
}
