// SPDX-License-Identifier: Apache-2.0
// The hot path: records in, matches out. Records about processes feed the process cache before
// anything that follows them is judged; file records and exec and exit are evaluated by the rules.
// Synchronous, batched, no promise per event.

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
import {
  type ClosedPeriod,
  nameLimit,
  type RuleHost,
  type RuleMatch,
  RuleMemory,
  type RuleMeter,
  type RuleRunner,
  type RunnerCounters,
} from '@fimbul/rules/run';
import {
  type Operation,
  operations,
  type RecordKind,
  recordHeaderOffsets,
  recordKinds,
} from '@fimbul/schema';
import type { ContainerOwners } from '../context/container-owners.ts';
import type { ProcessCache } from '../context/process-cache.ts';
import { makeEventHost } from './event-host.ts';
import { type EventSurroundings, EventView } from './event-view.ts';
import { HeldBack } from './held-back.ts';
import { type ActionResult, type Match, nothingSuppressed } from './match.ts';
import {
  type JudgingPolicies,
  type PreparedRules,
  prepareRules,
  RuleSets,
  type Takeover,
} from './rule-sets.ts';
import { ToldKills } from './told-kills.ts';

/**
 * Periods of `every` are looked at when records pass one of these moments. So a replay closes them
 * where the run did, however its records were batched.
 */
const closingIntervalNs = 100_000_000;
const u32Values = 0x1_0000_0000;

/**
 * The lanes of a record tell which rules the kernel could not rule out. They are not asked: its
 * path was read once more for the record, and may be another one by then.
 */
const allLanes = -1;

export type EngineCounters = {
  /** Records taken from the ring, by kind. */
  readonly received: Record<RecordKind, number>;
  /** Records that could not be decoded. */
  undecodable: number;
};

/** What became of matches, beside what the rules' own counters tell. */
export type MatchCounters = RunnerCounters & {
  /** Alerts that ended a period of `every`, by the index of the rule. */
  readonly summaries: readonly number[];
  /** The same of rules that were replaced and are no more. */
  readonly forgottenSummaries: number;
};

export type EngineOptions = {
  readonly policies: JudgingPolicies;
  /** What the filter of these policies marks records with; without it they judge all records. */
  readonly generation?: number;
  readonly processes: ProcessCache;
  readonly containers: ContainerOwners;
  readonly surroundings: EventSurroundings;
  /** Unique for this run of the agent; event ids start with it. */
  readonly runId: string;
  readonly makeUuid: () => string;
  /** Takes a match, does what is due, and tells what came of it. */
  readonly onMatch: (match: Match) => readonly ActionResult[];
};

function hasPeriods({ rules }: JudgingPolicies): boolean {
  return rules.some(({ everyNs }) => everyNs !== null);
}

export class Engine {
  readonly counters: EngineCounters;
  /** Events that some rule accepted. */
  readonly matchedEvents: Record<Operation, number>;
  readonly #options: EngineOptions;
  readonly #host: RuleHost<EventView>;
  readonly #memory: RuleMemory;
  readonly #sets: RuleSets;
  readonly #heldBack: HeldBack;
  readonly #toldKills = new ToldKills();
  readonly #record: RecordView;
  readonly #event: EventView;
  /** By the name of what `every` holds back in. */
  readonly #summaries = new Map<string, number>();
  #forgottenSummaries = 0;
  /** Nanoseconds of records; a number is exact enough for that. */
  #nextClosingNs: number;
  /** The latest time that was heard of. */
  #nowNs = 0n;
  #eventCount = 0;

  constructor(options: EngineOptions, batch: RecordBatch) {
    const { policies, containers, makeUuid, surroundings } = options;
    this.#options = options;
    this.#host = makeEventHost({ containers, makeUuid });
    this.#memory = new RuleMemory(this.#host);
    this.#sets = new RuleSets(this.prepareRules(policies), options.generation ?? null);
    this.#heldBack = new HeldBack(surroundings);
    this.#record = new RecordView(batch);
    this.#event = new EventView(this.#record, surroundings);
    this.#nextClosingNs = hasPeriods(policies) ? 0 : Number.POSITIVE_INFINITY;
    this.matchedEvents = Object.fromEntries(
      operations.map((operation) => [operation, 0]),
    ) as Record<Operation, number>;
    this.counters = {
      received: Object.fromEntries(recordKinds.map((kind) => [kind, 0])) as Record<
        RecordKind,
        number
      >,
      undecodable: 0,
    };
  }

  readMatchCounters(): MatchCounters {
    const { policies, runner } = this.#sets.current;
    const summaries = policies.rules.map((rule) =>
      rule.index === rule.group ? (this.#summaries.get(nameLimit(rule)) ?? 0) : 0,
    );
    return { ...runner.counters, summaries, forgottenSummaries: this.#forgottenSummaries };
  }

  /** Records of rules that are no more, judged by the current ones. */
  get unknownGenerations(): number {
    return this.#sets.unknownGenerations;
  }

  /** Measures what the current rules cost from now on; null ends that. */
  setMeter(meter: RuleMeter | null): void {
    this.#sets.setMeter(meter);
  }

  /** Makes rules ready to judge: all that takes time. They go on with what these remember. */
  prepareRules(policies: JudgingPolicies): PreparedRules {
    return prepareRules(policies, this.#host, this.#memory);
  }

  /** Lets other rules judge what their filter passes; what another one passed, its own rules do. */
  replaceRules(rules: PreparedRules, takeover: Takeover): void {
    this.#sets.replace(rules, takeover);
    if (hasPeriods(rules.policies)) this.#nextClosingNs = 0;
  }

  /**
   * Ends the rules that were replaced last, whose records have all been judged. What `every` of a
   * rule that is no more holds back is told.
   */
  forgetReplacedRules(): void {
    this.#sets.forgetReplaced();
    const { policies } = this.#sets.current;
    for (const period of this.#memory.keepOnly(policies)) this.#tellPeriod(period);
    const kept = new Set(policies.rules.map(nameLimit));
    for (const [limit, count] of this.#summaries) {
      if (kept.has(limit)) continue;
      this.#forgottenSummaries += count;
      this.#summaries.delete(limit);
    }
  }

  /**
   * Tells of the periods of `every` that have ended: for each, the last match that was held back in
   * it. Called with each record, and with a time of CLOCK_BOOTTIME when none comes.
   */
  closePeriods(timeNs: number): void {
    if (timeNs < this.#nextClosingNs) return;
    const moment = Math.floor(timeNs / closingIntervalNs);
    this.#nextClosingNs = (moment + 1) * closingIntervalNs;
    const momentNs = BigInt(moment) * BigInt(closingIntervalNs);
    if (momentNs > this.#nowNs) this.#nowNs = momentNs;
    this.#tellPeriods(momentNs);
  }

  /** Tells of all periods that hold something back, whether or not they have ended. */
  closeAllPeriods(): void {
    this.#tellPeriods('all');
  }

  /** Judges all records of a batch, in their order. */
  judge(batch: RecordBatch): void {
    for (let index = 0; index < batch.count; index += 1) {
      try {
        const kind = this.#record.moveTo(batch, index);
        this.counters.received[kind] += 1;
        this.#judgeRecord(kind);
      } catch (error) {
        this.#countUnreadable(error);
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
    const timeNs = this.#readTime();
    const generation = this.#record.getU32(recordHeaderOffsets.generation);
    const { judged, runner } = this.#sets.choose(generation, timeNs);
    if (!judged.has(operation)) return;
    this.closePeriods(timeNs);
    const facts = readProcessFacts(this.#record);
    const entry = this.#options.processes.resolve(facts);
    this.#event.moveTo(operation, { entry, facts });
    const matches = runner.evaluate(this.#event, operation, allLanes, allLanes);
    if (matches.length === 0) return;
    this.matchedEvents[operation] += 1;
    this.#report(matches, runner);
  }

  /** When the record was made; a number is made of it in less time than a bigint. */
  #readTime(): number {
    const at = recordHeaderOffsets.timestampNs;
    return this.#record.getU32(at + 4) * u32Values + this.#record.getU32(at);
  }

  #report(matches: readonly RuleMatch[], runner: RuleRunner<EventView>): void {
    this.#eventCount += 1;
    const event = this.#event;
    const eventId = `${this.#options.runId}-${this.#eventCount}`;
    const timeNs = this.#host.getTimeNs(event);
    this.#nowNs = timeNs;
    const isTold = matches.some(({ outcome }) => outcome !== 'silent');
    const variables = isTold ? runner.listVariables(event) : [];
    // All of them first: whatever becomes of this event, they are told.
    for (const { closed } of matches) for (const period of closed) this.#tellPeriod(period);
    for (const { rule, outcome, limiterKey, actions, deferred } of matches) {
      const match: Match = {
        ...{ rule, event, eventId, timeNs, outcome, actions, variables },
        suppressed: nothingSuppressed,
        results: [],
      };
      const results = this.#options.onMatch(match);
      const isKill = results.length > 0 && this.#toldKills.isNew(match, results);
      if (outcome !== 'held-back') continue;
      if (isKill) {
        runner.release({ rule, limiterKey });
        this.#options.onMatch({ ...match, outcome: 'alert', actions: deferred, results });
        continue;
      }
      this.#heldBack.keep(limiterKey ?? '', match, { results, deferred });
    }
    // Last: a period may be that of another match of this event, which has to be kept before.
    this.#makeRoom();
  }

  /** Tells of periods before their end when too much is held back. */
  #makeRoom(): void {
    for (;;) {
      const excess = this.#heldBack.findExcess();
      if (excess === null) return;
      this.#tellPeriod(this.#memory.closePeriod(excess.limit, excess.limiterKey));
    }
  }

  #tellPeriods(timeNs: bigint | 'all'): void {
    for (const period of this.#memory.takeClosedPeriods(timeNs)) this.#tellPeriod(period);
  }

  #tellPeriod({ limit, limiterKey, suppressed }: ClosedPeriod): void {
    const kept = this.#heldBack.take(limit, limiterKey);
    // Only a record that cannot be read is counted by the rule and not kept.
    if (kept === null) return;
    const { rule, event, eventId, variables, results, deferred } = kept;
    const count = suppressed - 1;
    this.#summaries.set(limit, (this.#summaries.get(limit) ?? 0) + 1);
    const match: Match = {
      ...{ rule, event, eventId, variables, results, outcome: 'closing', actions: deferred },
      timeNs: this.#nowNs,
      suppressed: count > 0 ? { count, ...kept.suppressed } : nothingSuppressed,
    };
    try {
      this.#options.onMatch(match);
    } catch (error) {
      // It is told between records, where nobody else would count it.
      this.#countUnreadable(error);
    }
  }

  #countUnreadable(error: unknown): void {
    if (!(error instanceof RecordError)) throw error;
    this.counters.undecodable += 1;
  }
}
