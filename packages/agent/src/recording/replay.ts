// SPDX-License-Identifier: Apache-2.0
// A recording through the engine: the same records and the same answers in the same order give the
// same alerts, on any machine. All that differs from a run is that the kernel's filter has run
// already, under the policies of the recording; so every rule looks at every record that is there.

import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { RecordBatch, type RecordingReader, type Translation } from '@fimbul/probe';
import type { CompiledPolicies } from '@fimbul/rules/run';
import { recordHeaderOffsets } from '@fimbul/schema';
import { refuseToKill } from '../actions/kill.ts';
import { Alerting } from '../alerting.ts';
import { CgroupCache } from '../context/cgroup-cache.ts';
import { ProcessCache } from '../context/process-cache.ts';
import { snapshotProcesses } from '../context/process-snapshot.ts';
import type { EngineCounters } from '../engine/engine.ts';
import type { JudgementCounters } from '../health/drain-report.ts';
import type { Sink } from '../output/sink.ts';
import type { WriteStatus } from '../output/status-stream.ts';
import { type Note, parseNote } from './notes.ts';
import { RecordedNames, RecordedProc } from './recorded-host.ts';
import type { RecordingMeta } from './recording-meta.ts';

const batchBytes = 1024 * 1024;
const batchRecordsMax = 4096;
const allLanes = 0xffff_ffff_ffff_ffffn;

export type ReplayParts = {
  readonly reader: RecordingReader;
  readonly meta: RecordingMeta;
  readonly translation: Translation;
  readonly policies: CompiledPolicies;
  readonly sink: Sink;
  /** Writes a line about the replay itself, never about events. */
  readonly writeStatus: WriteStatus;
  /** Sees every record, as this version reads it, before it is judged. */
  readonly onRecord?: (record: Uint8Array) => void;
};

/** Rules name their policy by its file's name: where that stands differs from host to host. */
function nameByFile(policies: CompiledPolicies): CompiledPolicies {
  const rules = policies.rules.map((rule) => ({ ...rule, policy: basename(rule.policy) }));
  return { ...policies, rules };
}

/** Makes version 4 UUIDs of a recording: others than the run's, and the same each time. */
function makeUuids(recordingId: string): () => string {
  let count = 0;
  return () => {
    count += 1;
    const bytes = createHash('sha256').update(`${recordingId} ${count}`).digest();
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const hex = bytes.toString('hex');
    return [
      [0, 8],
      [8, 12],
      [12, 16],
      [16, 20],
      [20, 32],
    ]
      .map(([start, end]) => hex.slice(start, end))
      .join('-');
  };
}

export class Replay {
  readonly #parts: ReplayParts;
  readonly #batch = new RecordBatch(batchBytes, batchRecordsMax);
  readonly #proc: RecordedProc;
  readonly #names = new RecordedNames();
  readonly #processes: ProcessCache;
  readonly #alerting: Alerting;
  #nowMs = 0;
  #leftOut = 0;

  constructor(parts: ReplayParts) {
    const { meta, policies, sink, writeStatus } = parts;
    this.#parts = parts;
    this.#proc = new RecordedProc(meta);
    this.#processes = new ProcessCache({
      proc: this.#proc,
      cgroups: new CgroupCache(),
      clock: { nowMs: () => this.#nowMs },
    });
    this.#alerting = new Alerting(
      {
        policies: nameByFile(policies),
        processes: this.#processes,
        names: this.#names,
        hostname: meta.hostname,
        sink,
        runId: meta.recordingId,
        makeUuid: makeUuids(meta.recordingId),
        // What happened then is over; nobody on this host has to do with it.
        kill: refuseToKill('replay'),
        writeStatus,
      },
      this.#batch,
    );
  }

  get counters(): EngineCounters {
    return this.#alerting.counters;
  }

  readJudgement(): JudgementCounters {
    return this.#alerting.readJudgement();
  }

  /** Entries that this version does not know, and left out. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** Judges everything up to the end, to the first fault, or until the sink takes no more. */
  run(): void {
    for (const entry of this.#parts.reader.entries()) {
      if (entry.kind === 'record') this.#takeRecord(entry.bytes);
      else this.#takeNote(parseNote(entry.value));
      if (this.#alerting.isClosed) return;
    }
    this.#judge();
    this.#alerting.end();
  }

  #takeRecord(bytes: Uint8Array): void {
    const { translate } = this.#parts.translation;
    const record = translate === null ? bytes : translate(bytes);
    if (record === null) {
      this.#leftOut += 1;
      return;
    }
    this.#parts.onRecord?.(record);
    if (this.#append(record)) return;
    this.#judge();
    // No record of any kernel is longer than an empty batch.
    if (!this.#append(record)) this.#leftOut += 1;
  }

  #append(record: Uint8Array): boolean {
    const batch = this.#batch;
    if (!batch.append(record)) return false;
    if (record.length >= recordHeaderOffsets.size) {
      const start = batch.index[2 * (batch.count - 1)] ?? 0;
      // Lanes are of the rules that were recorded with, which are not these.
      batch.view.setBigUint64(start + recordHeaderOffsets.lanes, allLanes, true);
    }
    return true;
  }

  #judge(): void {
    if (this.#batch.count === 0) return;
    this.#alerting.take(this.#batch);
    this.#batch.count = 0;
  }

  #takeNote(note: Note | null): void {
    // What a note tells holds for the records behind it.
    this.#judge();
    switch (note?.kind) {
      case undefined:
        this.#leftOut += 1;
        return;
      case 'clock':
        this.#nowMs = note.nowMs;
        this.#alerting.setClock(note.bootToRealNs);
        return;
      case 'process':
        this.#proc.set(note.read);
        return;
      case 'gone':
        this.#proc.remove(note.pid);
        return;
      case 'snapshot':
        snapshotProcesses(this.#processes, this.#proc);
        return;
      case 'name':
        this.#names.set(note);
        return;
      case 'loss':
        this.#alerting.tellLoss(note.loss);
        this.#alerting.flush();
    }
  }
}
