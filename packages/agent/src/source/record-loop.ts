// SPDX-License-Identifier: Apache-2.0
// Reads the ring at our own pace. While events come it looks every few milliseconds and takes them
// in batches, so that a busy host does not pay for a wake-up per event; when none come it sleeps
// until the kernel wakes it. Each turn is bounded: signals and timers never starve.

import type { Probe, RecordBatch } from '@fimbul/probe';

/** Whom the records are for. */
export type Judge = {
  /** False while it should be given none: they wait in the ring. */
  canTake(): boolean;
  /** What it throws ends up in the event loop. */
  take(batch: RecordBatch): void;
};

const batchesPerTurnMax = 8;
/** A turn ends after this long, even if more waits: what a rule costs is up to its author. */
const turnMs = 50;
const lookIntervalMs = 10;
/** On a quiet host, looking is most of the work. */
const quietLookIntervalMs = 40;
/** So few records in a look, and the host is quiet. */
const quietRecordsMax = 32;
/** Looks without a record before it sleeps: more than one, since a wake may be missed. */
const idleLooksBeforeSleep = 2;

/** Time until the next look, after one that found so many records. */
function getPauseMs(found: number): number {
  if (found === Number.POSITIVE_INFINITY) return 0;
  return found > 0 && found <= quietRecordsMax ? quietLookIntervalMs : lookIntervalMs;
}

export class RecordLoop {
  readonly #probe: Pick<Probe, 'read' | 'onReadable' | 'sleep'>;
  readonly #batch: RecordBatch;
  readonly #judge: Judge;
  #timer: NodeJS.Timeout | null = null;
  #idleLooks = 0;
  #running = false;
  #watching = false;

  constructor(
    probe: Pick<Probe, 'read' | 'onReadable' | 'sleep'>,
    batch: RecordBatch,
    judge: Judge,
  ) {
    this.#probe = probe;
    this.#batch = batch;
    this.#judge = judge;
  }

  start(): void {
    this.#running = true;
    this.#setWatching(true);
    this.#timer = setTimeout(() => this.look(), 0);
  }

  stop(): void {
    this.#running = false;
    this.#setWatching(false);
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Reads until the ring is empty, or until `deadlineMs`, whether the judge can take it or not. */
  drain(deadlineMs: number): void {
    while (performance.now() < deadlineMs) {
      this.#probe.read(this.#batch);
      if (this.#batch.count === 0) return;
      this.#judge.take(this.#batch);
    }
  }

  /** Looks into the ring now, and decides when to look next. */
  look(): void {
    if (!this.#running) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (!this.#judge.canTake()) {
      this.#lookAgainIn(lookIntervalMs);
      return;
    }
    const found = this.#readBatches();
    if (!this.#running) return;
    this.#idleLooks = found === 0 ? this.#idleLooks + 1 : 0;
    // The request to be woken comes a look before the sleep: a record that just missed it is seen
    // by that look.
    if (this.#idleLooks > 0) this.#probe.sleep();
    if (this.#idleLooks > idleLooksBeforeSleep) {
      this.#setWatching(true);
    } else {
      this.#lookAgainIn(getPauseMs(found));
    }
  }

  /** Awake, the ring is not watched: it would call for every record. */
  #lookAgainIn(ms: number): void {
    this.#setWatching(false);
    this.#timer = setTimeout(() => this.look(), ms);
  }

  #setWatching(watching: boolean): void {
    if (this.#watching === watching) return;
    this.#watching = watching;
    this.#probe.onReadable(watching ? () => this.look() : null);
  }

  /** Returns how many records there were; infinity when more wait. */
  #readBatches(): number {
    const deadlineMs = performance.now() + turnMs;
    let records = 0;
    for (let count = 0; count < batchesPerTurnMax; count += 1) {
      this.#probe.read(this.#batch);
      if (this.#batch.count === 0) return records;
      records += this.#batch.count;
      this.#judge.take(this.#batch);
      // A judgement may end the run, and the ring with it.
      if (!this.#running || !this.#judge.canTake()) return records;
      if (performance.now() > deadlineMs) break;
    }
    return Number.POSITIVE_INFINITY;
  }
}
