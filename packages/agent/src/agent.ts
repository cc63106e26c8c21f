// SPDX-License-Identifier: Apache-2.0
// A running agent: ring → engine → sink, a look at the counters once a second, and an orderly end:
// detach, judge what is still in the ring, report losses and counters.

import { hostname } from 'node:os';
import { type Native, type Probe, type ProbePlan, RecordBatch } from '@fimbul/probe';
import type { CompiledPolicies } from '@fimbul/rules';
import { recordKinds } from '@fimbul/schema';
import { Engine } from './engine/engine.ts';
import type { EventSurroundings } from './engine/event-view.ts';
import { formatDrainReport } from './health/drain-report.ts';
import { type LossFound, LossMonitor } from './health/loss-monitor.ts';
import { describeAlert, describeLoss } from './output/alert-document.ts';
import { type Sink, SinkClosed } from './output/sink.ts';
import { createProcessContext, type ProcessContext } from './process-context.ts';
import { RecordLoop } from './source/record-loop.ts';

const batchBytes = 1024 * 1024;
const batchRecordsMax = 256;
const lookIntervalMs = 1000;

/** At the end, a record that is just being written is waited for this often. */
const drainWaitsMax = 40;
const drainWaitMs = 5;
/** At the end, what is still in the ring is judged for this long; the rest is told as lost. */
const drainMs = 60_000;
/** Processes looked for in /proc at each look, in case their exit was lost. */
const vanishedChecksMax = 64;
const foreignProcNotice =
  'fimbul: degraded: /proc shows another pid namespace, so processes from before the agent are ' +
  'not explained\n  → run the agent in the pid namespace of the host\n';

export type AgentParts = {
  readonly native: Native;
  readonly probe: Probe;
  readonly plan: ProbePlan;
  /** Release of the running kernel. */
  readonly release: string;
  readonly policies: CompiledPolicies;
  readonly sink: Sink;
  readonly durationMs: number | null;
  readonly runId: string;
  /** Writes a line about the agent itself, never about events. */
  readonly writeStatus: (text: string) => void;
};

export class Agent {
  readonly #parts: AgentParts;
  readonly #surroundings: EventSurroundings;
  readonly #context: ProcessContext;
  readonly #engine: Engine;
  readonly #loop: RecordLoop;
  readonly #losses: LossMonitor;
  readonly #timers: NodeJS.Timeout[] = [];
  #lossCount = 0;
  #sinkClosed = false;
  #stopped = false;

  constructor(parts: AgentParts) {
    this.#parts = parts;
    this.#context = createProcessContext();
    this.#surroundings = {
      findUser: (uid, process) => this.#context.names.findUser(uid, process),
      findGroup: (gid, process) => this.#context.names.findGroup(gid, process),
      hostname: hostname(),
      bootToRealNs: 0n,
    };
    const batch = new RecordBatch(batchBytes, batchRecordsMax);
    this.#engine = new Engine(
      {
        policies: parts.policies,
        processes: this.#context.processes,
        surroundings: this.#surroundings,
        runId: parts.runId,
        onMatch: (match) => this.#tell((sink) => sink.write(describeAlert(match))),
      },
      batch,
    );
    this.#loop = new RecordLoop(parts.probe, batch, (full) => this.#judge(full));
    this.#losses = new LossMonitor(this.#readClocks());
  }

  /** Takes the snapshot, starts reading and says that it is ready. */
  start(): void {
    const { durationMs, writeStatus } = this.#parts;
    const stop = (): void => this.stop();
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    process.once('SIGHUP', stop);
    // The hooks are attached already: what happens during the walk waits in the ring.
    const { isPossible } = this.#context.takeSnapshot();
    if (!isPossible) writeStatus(foreignProcNotice);
    this.#loop.start();
    this.#timers.push(setInterval(() => this.#look(), lookIntervalMs));
    if (durationMs !== null) this.#timers.push(setTimeout(stop, durationMs));
    writeStatus(this.#describeStart());
  }

  /** Ends the run in order; repeating it changes nothing. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    const { probe, policies, writeStatus } = this.#parts;
    for (const timer of this.#timers) clearInterval(timer);
    this.#loop.stop();
    probe.detach();
    this.#drain();
    this.#reportUnread();
    this.#reportLosses();
    writeStatus(formatDrainReport(probe.readCounters(), this.#engine.counters, policies.rules));
    probe.close();
  }

  /** Judges what is left. A program that still runs elsewhere may be about to commit a record. */
  #drain(): void {
    const waiting = new Int32Array(new SharedArrayBuffer(4));
    const deadlineMs = performance.now() + drainMs;
    for (let waits = 0; waits < drainWaitsMax; waits += 1) {
      this.#loop.drain(deadlineMs);
      const { kinds } = this.#parts.probe.readCounters();
      const { received } = this.#engine.counters;
      if (recordKinds.every((kind) => received[kind] >= kinds[kind].sent)) return;
      Atomics.wait(waiting, 0, 0, drainWaitMs);
    }
  }

  #judge(batch: RecordBatch): void {
    this.#engine.judge(batch);
    this.#tell((sink) => sink.flush());
    if (this.#sinkClosed) this.stop();
  }

  #look(): void {
    this.#loop.look();
    if (this.#stopped) return;
    this.#reportLosses();
    this.#context.processes.dropVanished(vanishedChecksMax);
    if (this.#sinkClosed) this.stop();
  }

  #reportLosses(): void {
    const { probe } = this.#parts;
    const nowNs = this.#readClocks();
    for (const loss of this.#losses.look(
      probe.readCounters(),
      this.#engine.counters.undecodable,
      nowNs,
    )) {
      this.#tellLoss(loss);
    }
    this.#tell((sink) => sink.flush());
  }

  /** Tells of records that the end of the run left in the ring. */
  #reportUnread(): void {
    const { probe } = this.#parts;
    const { kinds } = probe.readCounters();
    const nowNs = this.#readClocks();
    for (const kind of recordKinds) {
      const count = kinds[kind].sent - this.#engine.counters.received[kind];
      if (count > 0) {
        this.#tellLoss({
          operation: kind,
          reason: 'shutdown',
          count,
          sinceNs: nowNs,
          untilNs: nowNs,
        });
      }
    }
  }

  #tellLoss(loss: LossFound): void {
    this.#lossCount += 1;
    const eventId = `${this.#parts.runId}-loss-${this.#lossCount}`;
    const name = this.#surroundings.hostname;
    this.#tell((sink) => sink.write(describeLoss({ ...loss, eventId, hostname: name })));
  }

  /** Reads the clocks, learns their difference, and returns nanoseconds since 1970. */
  #readClocks(): bigint {
    const { realtimeNs, boottimeNs } = this.#parts.native.clocks();
    this.#surroundings.bootToRealNs = realtimeNs - boottimeNs;
    return realtimeNs;
  }

  /** Once the sink is closed there is nobody to tell; judging goes on so that counters balance. */
  #tell(work: (sink: Sink) => void): void {
    if (this.#sinkClosed) return;
    try {
      work(this.#parts.sink);
    } catch (error) {
      if (!(error instanceof SinkClosed)) throw error;
      this.#sinkClosed = true;
      this.#parts.writeStatus(`fimbul: ${error.message}; stopping\n  → ${error.advice}\n`);
      process.exitCode = 1;
    }
  }

  #describeStart(): string {
    const { probe, plan, policies, release } = this.#parts;
    const lines = probe.degradations.map(
      ({ program, error }) => `fimbul: degraded: ${program} is not used: ${error.what}\n`,
    );
    const skipped = policies.skippedCount > 0 ? `, ${policies.skippedCount} skipped` : '';
    const elsewhere =
      policies.notApplicableCount > 0 ? `, ${policies.notApplicableCount} not applicable here` : '';
    const count = policies.rules.length;
    const backends = [...new Set(plan.operations.map(({ backend }) => backend))].join(', ');
    lines.push(
      `fimbul: ready: ${count} rule${count === 1 ? '' : 's'}${skipped}${elsewhere}; ` +
        `backend ${backends} on Linux ${release}; pid ${process.pid}\n`,
    );
    return lines.join('');
  }
}
