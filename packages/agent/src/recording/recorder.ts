// SPDX-License-Identifier: Apache-2.0
// Records a run: every record as the kernel sent it, and before it what judging it would ask of the
// host. It asks for all that any rule or alert may ask, so that a replay never needs this host.

import {
  type Counters,
  type RecordBatch,
  RecordError,
  RecordingFull,
  type RecordingWriter,
  RecordView,
  readCgroupRecord,
  readExecRecord,
  readExitRecord,
  readForkRecord,
  readProcessFacts,
} from '@fimbul/probe';
import {
  chmodRecordOffsets,
  type FileOperation,
  fileFactsOffsets,
  openRecordOffsets,
  type RecordKind,
  recordKinds,
  renameRecordOffsets,
  unlinkRecordOffsets,
} from '@fimbul/schema';
import type { ProcSource } from '../context/proc-source.ts';
import { formatDrainReport } from '../health/drain-report.ts';
import type { LossFound } from '../health/loss-monitor.ts';
import type { RecordConsumer } from '../probe-run.ts';
import { createProcessContext, type ProcessContext } from '../process-context.ts';
import { NameRecorder } from './name-recorder.ts';
import { type Note, toPlain } from './notes.ts';
import { ObservedProc } from './observed-proc.ts';

/** Where the files of a record stand. */
const fileOffsets: Readonly<Record<FileOperation, readonly number[]>> = {
  open: [openRecordOffsets.file.at],
  unlink: [unlinkRecordOffsets.file.at],
  rename: [renameRecordOffsets.file.at, renameRecordOffsets.destination.at],
  chmod: [chmodRecordOffsets.file.at],
};

/** Processes looked for in /proc at each look, in case their exit was lost. */
const vanishedChecksMax = 64;

export type RecorderParts = {
  readonly writer: RecordingWriter;
  /** Where the writer writes. */
  readonly file: { readonly path: string; close(): void };
  readonly proc: ProcSource;
  readonly clock: { readonly nowMs: () => number };
  /** The recording ends in order when it is this long. */
  readonly bytesMax: number;
  readonly writeStatus: (text: string) => void;
};

export class Recorder implements RecordConsumer {
  readonly counters = {
    received: Object.fromEntries(recordKinds.map((kind) => [kind, 0])) as Record<
      RecordKind,
      number
    >,
    undecodable: 0,
  };
  readonly #parts: RecorderParts;
  readonly #context: ProcessContext;
  readonly #names: NameRecorder;
  readonly #record: RecordView;
  #nowMs = 0;
  #bootToRealNs = 0n;
  #isFull = false;
  #failed = false;

  /** `batch` is any batch: the view has to stand somewhere. */
  constructor(parts: RecorderParts, batch: RecordBatch) {
    this.#parts = parts;
    this.#record = new RecordView(batch);
    this.#context = createProcessContext({
      proc: new ObservedProc(parts.proc, (note) => this.#note(note)),
      // It stands still within a batch, so that a replay can have the same.
      clock: { nowMs: () => this.#nowMs },
    });
    this.#names = new NameRecorder(this.#context.names, (note) => this.#note(note));
  }

  get isClosed(): boolean {
    return this.#failed || this.#isFull;
  }

  /** A file takes what it is given, or fails. */
  canTake(): boolean {
    return true;
  }

  beginEnd(): void {}

  setClock(bootToRealNs: bigint): void {
    this.#bootToRealNs = bootToRealNs;
  }

  takeSnapshot(): boolean {
    this.#noteClock();
    const { isPossible } = this.#context.takeSnapshot();
    this.#note({ kind: 'snapshot' });
    return isPossible;
  }

  take(batch: RecordBatch): void {
    this.#noteClock();
    for (let index = 0; index < batch.count; index += 1) {
      this.#observe(batch, index);
      const [start = 0, length = 0] = batch.index.subarray(2 * index, 2 * index + 2);
      const bytes = batch.bytes.subarray(start, start + length);
      this.#write((writer) => writer.addRecord(bytes));
    }
    this.#checkLength();
  }

  tellLoss(loss: LossFound): void {
    this.#note({ kind: 'loss', loss });
  }

  look(): void {
    this.#names.look();
    this.#context.processes.dropVanished(vanishedChecksMax);
  }

  flush(): void {
    this.#write((writer) => writer.flush());
  }

  end(counters: Counters): void {
    const { writer, file, writeStatus } = this.#parts;
    this.#write(() => writer.finish(toPlain({ counters })));
    this.#write(() => file.close());
    writeStatus(formatDrainReport({ kernel: counters, engine: this.counters, judgement: null }));
    const size = `${writer.recordCount} records, ${writer.byteCount} bytes`;
    if (!this.#failed) writeStatus(`fimbul: recorded ${size}, to ${file.path}\n`);
  }

  /** Keeps up with a record, noting what it needs on the way. */
  #observe(batch: RecordBatch, index: number): void {
    try {
      const kind = this.#record.moveTo(batch, index);
      this.counters.received[kind] += 1;
      this.#observeRecord(kind);
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      this.counters.undecodable += 1;
    }
  }

  #observeRecord(kind: RecordKind): void {
    const { processes } = this.#context;
    switch (kind) {
      case 'cgroup':
        processes.applyCgroup(readCgroupRecord(this.#record));
        return;
      case 'fork': {
        const entry = processes.applyFork(readForkRecord(this.#record));
        this.#names.noteProcess(entry, entry.facts);
        return;
      }
      case 'exec':
        processes.applyExec(readExecRecord(this.#record));
        this.#observeSubject([]);
        return;
      case 'exit':
        this.#observeSubject([]);
        processes.applyExit(readExitRecord(this.#record));
        return;
      default:
        this.#observeSubject(fileOffsets[kind]);
    }
  }

  #observeSubject(files: readonly number[]): void {
    const facts = readProcessFacts(this.#record);
    this.#names.noteProcess(this.#context.processes.resolve(facts), facts);
    for (const at of files) {
      const uid = this.#record.getU32(at + fileFactsOffsets.uid);
      this.#names.noteOwner(uid, this.#record.getU32(at + fileFactsOffsets.gid), facts);
    }
  }

  #noteClock(): void {
    this.#nowMs = this.#parts.clock.nowMs();
    this.#note({ kind: 'clock', nowMs: this.#nowMs, bootToRealNs: this.#bootToRealNs });
  }

  #note(note: Note): void {
    this.#write((writer) => writer.addNote(toPlain(note)));
  }

  #checkLength(): void {
    const { writer, bytesMax, writeStatus } = this.#parts;
    if (this.isClosed || writer.byteCount < bytesMax) return;
    this.#isFull = true;
    writeStatus(`fimbul: the recording has its ${bytesMax} bytes; stopping\n`);
  }

  /** Once it failed there is nowhere to write; records are still taken so that counters balance. */
  #write(work: (writer: RecordingWriter) => void): void {
    if (this.#failed) return;
    try {
      work(this.#parts.writer);
    } catch (error) {
      if (!(error instanceof RecordingFull)) throw error;
      this.#failed = true;
      this.#parts.writeStatus(`fimbul: ${error.message}; stopping\n  → ${error.advice}\n`);
      process.exitCode = 1;
    }
  }
}
