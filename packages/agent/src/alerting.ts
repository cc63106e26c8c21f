// SPDX-License-Identifier: Apache-2.0
// Records in, alerts out: the engine with its context in front and a sink behind it. It knows
// neither a kernel nor a clock, so that the running agent and a replay are one and the same.

import type { RecordBatch } from '@fimbul/probe';
import type { CompiledPolicies, RuleMeter } from '@fimbul/rules/run';
import { ActionRunner } from './actions/action-runner.ts';
import type { Kill } from './actions/kill.ts';
import { ContainerOwners } from './context/container-owners.ts';
import type { ProcessCache } from './context/process-cache.ts';
import { Engine, type EngineCounters, type MatchCounters } from './engine/engine.ts';
import type { EventSurroundings } from './engine/event-view.ts';
import type { ActionResult, Match } from './engine/match.ts';
import type { PreparedRules, Takeover } from './engine/rule-sets.ts';
import type { JudgementCounters } from './health/drain-report.ts';
import type { LossFound } from './health/loss-monitor.ts';
import { describeAlert, describeLoss } from './output/alert-document.ts';
import { type Sink, SinkClosed } from './output/sink.ts';
import type { WriteStatus } from './output/status-stream.ts';

export type AlertingParts = {
  readonly policies: CompiledPolicies;
  /** What the filter of these policies marks records with; without it they judge all records. */
  readonly generation?: number;
  readonly processes: ProcessCache;
  readonly names: Pick<EventSurroundings, 'findUser' | 'findGroup'>;
  readonly hostname: string;
  readonly sink: Sink;
  /** Ids of events start with it. */
  readonly runId: string;
  readonly makeUuid: () => string;
  readonly kill: Kill;
  /** Writes a line about the run itself, never about events. */
  readonly writeStatus: WriteStatus;
};

/** A record is judged this long after it was made, as long as the agent keeps up. */
const lagNs = 100_000_000n;

/** Sees batches before they are judged. */
export type BatchWatcher = { take(batch: RecordBatch): void };

export class Alerting {
  readonly #parts: AlertingParts;
  readonly #surroundings: EventSurroundings;
  readonly #engine: Engine;
  readonly #actions: ActionRunner;
  #policies: CompiledPolicies;
  #watcher: BatchWatcher | null = null;
  #lossCount = 0;
  #isClosed = false;

  /** `batch` is any batch: the engine's view has to stand somewhere. */
  constructor(parts: AlertingParts, batch: RecordBatch) {
    const { policies, processes, names, hostname, runId, makeUuid, kill, writeStatus } = parts;
    this.#parts = parts;
    this.#policies = policies;
    this.#surroundings = {
      findUser: (uid, process) => names.findUser(uid, process),
      findGroup: (gid, process) => names.findGroup(gid, process),
      hostname,
      bootToRealNs: 0n,
    };
    this.#actions = new ActionRunner({ kill, writeStatus });
    this.#engine = new Engine(
      {
        ...{ policies, processes, runId, makeUuid, containers: new ContainerOwners() },
        ...(parts.generation === undefined ? {} : { generation: parts.generation }),
        surroundings: this.#surroundings,
        onMatch: (match) => this.#takeMatch(match),
      },
      batch,
    );
  }

  /** The policies that judge. */
  get policies(): CompiledPolicies {
    return this.#policies;
  }

  /** Records of rules that are no more, judged by those that are. */
  get unknownGenerations(): number {
    return this.#engine.unknownGenerations;
  }

  get counters(): EngineCounters {
    return this.#engine.counters;
  }

  /** Events that some rule accepted. */
  get matchedEvents(): Engine['matchedEvents'] {
    return this.#engine.matchedEvents;
  }

  readMatchCounters(): MatchCounters {
    return this.#engine.readMatchCounters();
  }

  /** Measures what rules cost from now on; null ends that. */
  setMeter(meter: RuleMeter | null): void {
    this.#engine.setMeter(meter);
  }

  /** Shows batches to somebody from now on; null ends that. */
  setWatcher(watcher: BatchWatcher | null): void {
    this.#watcher = watcher;
  }

  /** Makes the rules of policies ready to judge: all that takes time. */
  prepareRules(policies: CompiledPolicies): PreparedRules {
    return this.#engine.prepareRules(policies);
  }

  /** Lets rules take over from those that judge, whose records are still judged by them. */
  replaceRules(rules: PreparedRules, policies: CompiledPolicies, takeover: Takeover): void {
    this.#engine.replaceRules(rules, takeover);
    this.#policies = policies;
  }

  /** Ends the rules that were replaced; what those that are no more held back is told. */
  forgetReplacedRules(): void {
    this.#engine.forgetReplacedRules();
    this.flush();
  }

  readJudgement(): JudgementCounters {
    const { processes } = this.#parts;
    return {
      rules: this.#policies.rules,
      matches: this.#engine.readMatchCounters(),
      actions: this.#actions.counters,
      processes: processes.readCounters(),
    };
  }

  /** True once the sink takes no more. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Tells what to add to CLOCK_BOOTTIME to get CLOCK_REALTIME, in nanoseconds. */
  setClock(bootToRealNs: bigint): void {
    this.#surroundings.bootToRealNs = bootToRealNs;
  }

  /** Judges all records of a batch and hands over what they gave. */
  take(batch: RecordBatch): void {
    this.#watcher?.take(batch);
    this.#engine.judge(batch);
    this.flush();
  }

  tellLoss(loss: LossFound): void {
    this.#lossCount += 1;
    const { runId, hostname } = this.#parts;
    const eventId = `${runId}-loss-${this.#lossCount}`;
    this.#tell((sink) => sink.write(describeLoss({ ...loss, eventId, hostname })));
  }

  /** Tells what the time that has passed until now asks for; `nowNs` is of CLOCK_BOOTTIME. */
  look(nowNs: bigint): void {
    this.#engine.closePeriods(Number(nowNs - lagNs));
    this.#actions.look();
    this.flush();
  }

  /** Tells all that is still held back. */
  end(): void {
    this.#engine.closeAllPeriods();
    this.#actions.look();
    this.flush();
  }

  flush(): void {
    this.#tell((sink) => sink.flush());
  }

  /** What is due comes first, so that the alert can tell what came of it and of what was done. */
  #takeMatch(match: Match): readonly ActionResult[] {
    const results = this.#actions.run(match);
    if (match.outcome === 'alert' || match.outcome === 'closing') {
      this.#tell((sink) => sink.write(describeAlert(match, [...match.results, ...results])));
    }
    return results;
  }

  /**
   * Once the sink is closed there is nobody to tell; judging goes on so that counters balance, and
   * the sink counts what it cannot write.
   */
  #tell(work: (sink: Sink) => void): void {
    try {
      work(this.#parts.sink);
    } catch (error) {
      if (!(error instanceof SinkClosed)) throw error;
      if (this.#isClosed) return;
      this.#isClosed = true;
      this.#parts.writeStatus(`fimbul: ${error.message}; stopping\n  → ${error.advice}\n`);
      process.exitCode = 1;
    }
  }
}
