// SPDX-License-Identifier: Apache-2.0
// Records in, alerts out: the engine with its context in front and a sink behind it. It knows
// neither a kernel nor a clock, so that the running agent and a replay are one and the same.

import type { RecordBatch } from '@fimbul/probe';
import type { CompiledPolicies } from '@fimbul/rules';
import type { ProcessCache } from './context/process-cache.ts';
import { Engine, type EngineCounters } from './engine/engine.ts';
import type { EventSurroundings } from './engine/event-view.ts';
import type { LossFound } from './health/loss-monitor.ts';
import { describeAlert, describeLoss } from './output/alert-document.ts';
import { type Sink, SinkClosed } from './output/sink.ts';

export type AlertingParts = {
  readonly policies: CompiledPolicies;
  readonly processes: ProcessCache;
  readonly names: Pick<EventSurroundings, 'findUser' | 'findGroup'>;
  readonly hostname: string;
  readonly sink: Sink;
  /** Ids of events start with it. */
  readonly runId: string;
  /** Writes a line about the run itself, never about events. */
  readonly writeStatus: (text: string) => void;
};

export class Alerting {
  readonly #parts: AlertingParts;
  readonly #surroundings: EventSurroundings;
  readonly #engine: Engine;
  #lossCount = 0;
  #isClosed = false;

  /** `batch` is any batch: the engine's view has to stand somewhere. */
  constructor(parts: AlertingParts, batch: RecordBatch) {
    const { policies, processes, names, hostname, runId } = parts;
    this.#parts = parts;
    this.#surroundings = {
      findUser: (uid, process) => names.findUser(uid, process),
      findGroup: (gid, process) => names.findGroup(gid, process),
      hostname,
      bootToRealNs: 0n,
    };
    this.#engine = new Engine(
      {
        policies,
        processes,
        surroundings: this.#surroundings,
        runId,
        onMatch: (match) => this.#tell((sink) => sink.write(describeAlert(match, []))),
      },
      batch,
    );
  }

  get counters(): EngineCounters {
    return this.#engine.counters;
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
    this.#engine.judge(batch);
    this.flush();
  }

  tellLoss(loss: LossFound): void {
    this.#lossCount += 1;
    const { runId, hostname } = this.#parts;
    const eventId = `${runId}-loss-${this.#lossCount}`;
    this.#tell((sink) => sink.write(describeLoss({ ...loss, eventId, hostname })));
  }

  flush(): void {
    this.#tell((sink) => sink.flush());
  }

  /** Once the sink is closed there is nobody to tell; judging goes on so that counters balance. */
  #tell(work: (sink: Sink) => void): void {
    if (this.#isClosed) return;
    try {
      work(this.#parts.sink);
    } catch (error) {
      if (!(error instanceof SinkClosed)) throw error;
      this.#isClosed = true;
      this.#parts.writeStatus(`fimbul: ${error.message}; stopping\n  → ${error.advice}\n`);
      process.exitCode = 1;
    }
  }
}
