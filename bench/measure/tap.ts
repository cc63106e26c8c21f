// SPDX-License-Identifier: Apache-2.0
// A probe whose records are taken one by one while a workload runs. Its counters are read when the
// ring is empty, so that what was sent until then has been taken: a window between two readings
// holds the same events for the kernel's side and for ours.

import { setTimeout } from 'node:timers/promises';
import { type Counters, type Probe, RecordBatch, RecordView } from '@fimbul/probe';
import type { CompiledPolicies } from '@fimbul/rules';
import { type RecordKind, recordKinds } from '@fimbul/schema';
import { RecordLoop } from '../../packages/agent/src/source/record-loop.ts';
import { startBenchProbe } from '../workspace.ts';

const batchBytes = 4 * 1024 * 1024;
const batchRecordsMax = 4096;
const settleTriesMax = 200;
const settleWaitMs = 10;
/** A record is in the ring some time after it was made. */
const quietMs = 150;

/** One record of a batch, as a batch of its own over the same bytes. */
export type TakeRecord = (kind: RecordKind, record: RecordView, single: RecordBatch) => void;

export class Tap {
  readonly #probe: Probe;
  readonly #loop: RecordLoop;
  readonly #view = new RecordView(RecordBatch.of());
  readonly #take: TakeRecord;
  readonly #received = Object.fromEntries(recordKinds.map((kind) => [kind, 0])) as Record<
    RecordKind,
    number
  >;

  constructor(policies: Pick<CompiledPolicies, 'filter'>, ringBytes: number, take: TakeRecord) {
    this.#take = take;
    this.#probe = startBenchProbe(policies, { ringBytes });
    const batch = new RecordBatch(batchBytes, batchRecordsMax);
    this.#loop = new RecordLoop(this.#probe, batch, {
      canTake: () => true,
      take: (full) => this.#takeAll(full),
    });
  }

  /** For what agents tell it. */
  get probe(): Probe {
    return this.#probe;
  }

  start(): void {
    this.#loop.start();
  }

  /** Waits until all that was sent is taken, and returns the counters of that moment. */
  async settle(): Promise<Counters> {
    await setTimeout(quietMs);
    for (let tries = 0; tries < settleTriesMax; tries += 1) {
      this.#loop.drain(performance.now() + 1000);
      const counters = this.#probe.readCounters();
      if (recordKinds.every((kind) => this.#received[kind] === counters.kinds[kind].sent)) {
        return counters;
      }
      await setTimeout(settleWaitMs);
    }
    throw new Error('the host is too busy: records came without end while none were to come');
  }

  close(): void {
    this.#loop.stop();
    this.#probe.close();
  }

  #takeAll(batch: RecordBatch): void {
    const { bytes, view } = batch;
    const single = { bytes, view, index: new Uint32Array(2), count: 1, append: () => false };
    for (let at = 0; at < batch.count; at += 1) {
      single.index[0] = batch.index[2 * at] ?? 0;
      single.index[1] = batch.index[2 * at + 1] ?? 0;
      const kind = this.#view.moveTo(single, 0);
      this.#received[kind] += 1;
      this.#take(kind, this.#view, single);
    }
  }
}
