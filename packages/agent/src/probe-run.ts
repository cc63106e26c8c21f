// SPDX-License-Identifier: Apache-2.0
// A run over a probe, whatever becomes of its records: ring → consumer, a look at the counters once
// a second, and an orderly end: detach, take what is still in the ring, tell what was lost.

import { type Counters, type Native, type Probe, RecordBatch } from '@fimbul/probe';
import { type RecordKind, recordKinds } from '@fimbul/schema';
import { type LossFound, LossMonitor } from './health/loss-monitor.ts';
import { RecordLoop } from './source/record-loop.ts';

const batchBytes = 1024 * 1024;
const batchRecordsMax = 256;
const lookIntervalMs = 1000;

/** At the end, a record that is just being written is waited for this often. */
const drainWaitsMax = 40;
const drainWaitMs = 5;
/** At the end, what is still in the ring is taken for this long; the rest is told as lost. */
const drainMs = 60_000;
const foreignProcNotice =
  'fimbul: degraded: /proc shows another pid namespace, so processes from before the agent are ' +
  'not explained\n  → run the agent in the pid namespace of the host\n';

/** What becomes of records: they are judged, or recorded. */
export interface RecordConsumer {
  readonly counters: {
    /** Records taken, by kind. */
    readonly received: Readonly<Record<RecordKind, number>>;
    /** Records that could not be decoded. */
    readonly undecodable: number;
  };
  /** True once nobody takes what it tells: the run ends then. */
  readonly isClosed: boolean;
  /** False while nobody takes what it told: records wait in the ring, and losses in counters. */
  canTake(): boolean;
  /** The run ends: what follows has to be told in some seconds, or counted. */
  beginEnd(): void;
  /** Tells what to add to CLOCK_BOOTTIME to get CLOCK_REALTIME, in nanoseconds. */
  setClock(bootToRealNs: bigint): void;
  /** Reads the processes that were there before the hooks; false where /proc does not tell. */
  takeSnapshot(): boolean;
  /** Takes all records of a batch, in their order. */
  take(batch: RecordBatch): void;
  tellLoss(loss: LossFound): void;
  /** Called once a second. */
  look(): void;
  /** Hands everything told so far to the operating system. */
  flush(): void;
  /** The last call; the ring is empty, and nothing is attached. */
  end(counters: Counters): void;
}

export type ProbeRunParts = {
  readonly native: Pick<Native, 'clocks'>;
  readonly probe: Pick<
    Probe,
    'plan' | 'read' | 'onReadable' | 'sleep' | 'readCounters' | 'detach' | 'close'
  >;
  readonly consumer: RecordConsumer;
  readonly durationMs: number | null;
  /** Said when the run has begun. */
  readonly greeting: string;
  /** Writes a line about the run itself, never about events. */
  readonly writeStatus: (text: string) => void;
};

function tryStep(step: () => void): unknown[] {
  try {
    step();
    return [];
  } catch (error) {
    return [error];
  }
}

export class ProbeRun {
  readonly #parts: ProbeRunParts;
  readonly #loop: RecordLoop;
  readonly #losses: LossMonitor;
  readonly #timers: NodeJS.Timeout[] = [];
  #stopped = false;

  constructor(parts: ProbeRunParts) {
    this.#parts = parts;
    const batch = new RecordBatch(batchBytes, batchRecordsMax);
    this.#loop = new RecordLoop(parts.probe, batch, {
      canTake: () => parts.consumer.canTake(),
      take: (full) => this.#take(full),
    });
    this.#losses = new LossMonitor(this.#readClocks(), parts.probe.plan.programs);
  }

  /** Takes the snapshot, starts reading and says that it is ready. */
  start(): void {
    const { consumer, durationMs, greeting, writeStatus } = this.#parts;
    const stop = (): void => this.stop();
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    // The hooks are attached already: what happens during the walk waits in the ring.
    if (!consumer.takeSnapshot()) writeStatus(foreignProcNotice);
    this.#loop.start();
    this.#timers.push(setInterval(() => this.#look(), lookIntervalMs));
    if (durationMs !== null) this.#timers.push(setTimeout(stop, durationMs));
    writeStatus(greeting);
  }

  /** Ends the run in order; repeating it changes nothing. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    const { probe, consumer } = this.#parts;
    for (const timer of this.#timers) clearInterval(timer);
    const steps = [
      () => this.#loop.stop(),
      () => probe.detach(),
      () => consumer.beginEnd(),
      () => this.#drain(),
      () => this.#tellUnread(),
      () => this.#tellLosses(),
      () => consumer.end(probe.readCounters()),
      () => probe.close(),
    ];
    // What cannot be done keeps nothing after it from being done: it was a bug that ended the run.
    const bugs = steps.flatMap(tryStep);
    if (bugs.length > 0) throw bugs[0];
  }

  /** Takes what is left. A program that still runs elsewhere may be about to commit a record. */
  #drain(): void {
    const waiting = new Int32Array(new SharedArrayBuffer(4));
    const deadlineMs = performance.now() + drainMs;
    for (let waits = 0; waits < drainWaitsMax; waits += 1) {
      this.#loop.drain(deadlineMs);
      const { kinds } = this.#parts.probe.readCounters();
      const { received } = this.#parts.consumer.counters;
      if (recordKinds.every((kind) => received[kind] >= kinds[kind].sent)) return;
      Atomics.wait(waiting, 0, 0, drainWaitMs);
    }
  }

  #take(batch: RecordBatch): void {
    const { consumer } = this.#parts;
    consumer.take(batch);
    if (consumer.isClosed) this.stop();
  }

  #look(): void {
    const { consumer } = this.#parts;
    this.#loop.look();
    if (this.#stopped || !consumer.canTake()) return;
    this.#tellLosses();
    consumer.look();
    if (consumer.isClosed) this.stop();
  }

  #tellLosses(): void {
    const { probe, consumer } = this.#parts;
    const nowNs = this.#readClocks();
    const { undecodable } = consumer.counters;
    for (const loss of this.#losses.look(probe.readCounters(), undecodable, nowNs)) {
      consumer.tellLoss(loss);
    }
    consumer.flush();
  }

  /** Tells of records that the end of the run left in the ring. */
  #tellUnread(): void {
    const { probe, consumer } = this.#parts;
    const { kinds } = probe.readCounters();
    const nowNs = this.#readClocks();
    for (const kind of recordKinds) {
      const count = kinds[kind].sent - consumer.counters.received[kind];
      if (count <= 0) continue;
      const window = { sinceNs: nowNs, untilNs: nowNs };
      consumer.tellLoss({ operation: kind, reason: 'shutdown', count, ...window });
    }
  }

  /** Reads the clocks, passes their difference on, and returns nanoseconds since 1970. */
  #readClocks(): bigint {
    const { native, consumer } = this.#parts;
    const { realtimeNs, boottimeNs } = native.clocks();
    consumer.setClock(realtimeNs - boottimeNs);
    return realtimeNs;
  }
}
