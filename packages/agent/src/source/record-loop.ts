// SPDX-License-Identifier: Apache-2.0
// Reads the ring at our own pace: when it is readable, batch after batch, with a bound per turn of
// the event loop so that signals and timers are never starved.

import type { Probe, RecordBatch } from '@fimbul/probe';

const batchesPerTurnMax = 8;

export class RecordLoop {
  readonly #probe: Probe;
  readonly #batch: RecordBatch;
  readonly #judge: (batch: RecordBatch) => void;
  #running = false;

  /** `judge` is called with each batch; what it throws ends up in the event loop. */
  constructor(probe: Probe, batch: RecordBatch, judge: (batch: RecordBatch) => void) {
    this.#probe = probe;
    this.#batch = batch;
    this.#judge = judge;
  }

  start(): void {
    this.#running = true;
    this.#probe.onReadable(() => this.#readTurn());
  }

  /** May be called by `judge`: no batch is read after it. */
  stop(): void {
    this.#running = false;
    this.#probe.onReadable(null);
  }

  /** Reads until the ring is empty. Ends only when nothing writes into it any more. */
  drain(): void {
    while (this.#readBatch());
  }

  #readTurn(): void {
    for (let count = 0; count < batchesPerTurnMax && this.#running; count += 1) {
      if (!this.#readBatch()) return;
    }
  }

  /** Returns false when the ring is empty. */
  #readBatch(): boolean {
    this.#probe.read(this.#batch);
    if (this.#batch.count === 0) return false;
    this.#judge(this.#batch);
    return true;
  }
}
