// SPDX-License-Identifier: Apache-2.0
// Reads the ring at our own pace. While events come it looks every few milliseconds and takes them
// in batches, so that a busy host does not pay for a wake-up per event; when none come it sleeps
// until the kernel wakes it. Each turn of the event loop is bounded: signals and timers never starve.

import type { Probe, RecordBatch } from '@fimbul/probe';

const batchesPerTurnMax = 8;
const lookIntervalMs = 10;
/** Looks without a record before it sleeps. More than one, since a request to wake may be missed. */
const idleLooksBeforeSleep = 2;

export class RecordLoop {
  readonly #probe: Pick<Probe, 'read' | 'onReadable' | 'sleep'>;
  readonly #batch: RecordBatch;
  readonly #judge: (batch: RecordBatch) => void;
  #timer: NodeJS.Timeout | null = null;
  #idleLooks = 0;
  #running = false;

  /** `judge` is called with each batch; what it throws ends up in the event loop. */
  constructor(
    probe: Pick<Probe, 'read' | 'onReadable' | 'sleep'>,
    batch: RecordBatch,
    judge: (batch: RecordBatch) => void,
  ) {
    this.#probe = probe;
    this.#batch = batch;
    this.#judge = judge;
  }

  start(): void {
    this.#running = true;
    this.#probe.onReadable(() => this.look());
    this.#timer = setTimeout(() => this.look(), 0);
  }

  stop(): void {
    this.#running = false;
    this.#probe.onReadable(null);
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Reads until the ring is empty. Ends only when nothing writes into it any more. */
  drain(): void {
    for (;;) {
      this.#probe.read(this.#batch);
      if (this.#batch.count === 0) return;
      this.#judge(this.#batch);
    }
  }

  /** Looks into the ring now, and decides when to look next. */
  look(): void {
    if (!this.#running) return;
    const found = this.#readBatches();
    this.#idleLooks = found === 'nothing' ? this.#idleLooks + 1 : 0;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (!this.#running || this.#idleLooks > idleLooksBeforeSleep) return;
    // The request comes a look before the sleep: a record that just missed it is seen by that look.
    if (this.#idleLooks > 0) this.#probe.sleep();
    this.#timer = setTimeout(() => this.look(), found === 'more' ? 0 : lookIntervalMs);
  }

  #readBatches(): 'nothing' | 'all' | 'more' {
    for (let count = 0; count < batchesPerTurnMax; count += 1) {
      this.#probe.read(this.#batch);
      if (this.#batch.count === 0) return count > 0 ? 'all' : 'nothing';
      this.#judge(this.#batch);
      // A judgement may end the run, and the ring with it.
      if (!this.#running) return 'all';
    }
    return 'more';
  }
}
