// SPDX-License-Identifier: Apache-2.0
// Holds records against a kernel filter: the lanes that each is sent for under these rules. What a
// record does not tell rules out nothing. A recording is counted whole; of a live stream a share
// of each batch is, so that who watches costs little under any load.

import { getBasename, RecordBatch, RecordError, RecordView, readFileFacts } from '@fimbul/probe';
import { filterEvent, LaneCensus, splitPath, type VisibleEvent } from '@fimbul/rules/run';
import {
  chmodRecordOffsets,
  type FileOperation,
  fileOperations,
  type KernelFilter,
  openRecordOffsets,
  pathFlags,
  recordHeaderOffsets,
  renameRecordOffsets,
  unlinkRecordOffsets,
} from '@fimbul/schema';
import { readRecordedValues } from './recorded-values.ts';

/** Records of a batch that are looked at; holding one against a filter takes some 10 µs. */
const lookedAtMax = 64;

const offsets: Readonly<Record<FileOperation, { readonly file: number; readonly result: number }>> =
  {
    open: { file: openRecordOffsets.file.at, result: openRecordOffsets.retval },
    unlink: { file: unlinkRecordOffsets.file.at, result: unlinkRecordOffsets.retval },
    rename: { file: renameRecordOffsets.file.at, result: renameRecordOffsets.retval },
    chmod: { file: chmodRecordOffsets.file.at, result: chmodRecordOffsets.retval },
  };

type VisibleFile = { readonly name: string | null; readonly path: readonly string[] | null };

const notVisible: VisibleFile = { name: null, path: null };

function see(record: RecordView, at: number): VisibleFile {
  const { path, pathSource, pathFlags: flags } = readFileFacts(record, at);
  if (pathSource !== 'kernel') return notVisible;
  const name = getBasename(path);
  const isWhole = (flags & (pathFlags.TRUNCATED | pathFlags.DISCONNECTED)) === 0;
  return { name: name === '' ? null : name, path: isWhole ? splitPath(path) : null };
}

function readVisible(record: RecordView, operation: FileOperation): VisibleEvent {
  const { file, result } = offsets[operation];
  const source = see(record, file);
  const destination =
    operation === 'rename' ? see(record, renameRecordOffsets.destination.at) : notVisible;
  return {
    ...{ sourceName: source.name, sourcePath: source.path },
    ...{ destinationName: destination.name, destinationPath: destination.path },
    values: readRecordedValues(record, operation),
    result: record.getS64(result),
  };
}

function findFileOperation(kind: string): FileOperation | undefined {
  return fileOperations.find((known) => known === kind);
}

export class LaneCounter {
  readonly census = new LaneCensus();
  readonly #filter: KernelFilter;
  readonly #record = new RecordView(RecordBatch.of());
  readonly #random: () => number;
  #lookedAt = 0;

  /** `random` gives numbers from 0 and below 1. */
  constructor(filter: KernelFilter, random: () => number = Math.random) {
    this.#filter = filter;
    this.#random = random;
  }

  /** Records of live batches that were held against the filter. */
  get lookedAt(): number {
    return this.#lookedAt;
  }

  /** Counts a record of any filter; what is none, or not about a file, is left out. */
  countRecorded(bytes: Uint8Array): void {
    this.#count(RecordBatch.of(bytes), 0, (operation) => {
      const lanes = filterEvent(this.#filter, operation, readVisible(this.#record, operation));
      this.census.count(operation, lanes);
    });
  }

  /**
   * Counts the records of a batch that this filter let pass, as a generation of rules. The kernel
   * knows what no record tells, and looks at processes only where they can drop an event: what both
   * leave is why it was sent. Nothing is left where a path has changed since, and then the kernel's
   * word counts.
   */
  countLive(batch: RecordBatch, generation: number): void {
    const stride = Math.max(1, Math.ceil(batch.count / lookedAtMax));
    const first = Math.floor(this.#random() * stride);
    for (let index = first; index < batch.count; index += stride) {
      this.#count(batch, index, (operation) => {
        if (this.#record.getU32(recordHeaderOffsets.generation) !== generation) return;
        const told = this.#record.getU64(recordHeaderOffsets.lanes);
        const traced =
          told & filterEvent(this.#filter, operation, readVisible(this.#record, operation));
        this.census.count(operation, traced === 0n ? told : traced, stride);
        this.#lookedAt += 1;
      });
    }
  }

  #count(batch: RecordBatch, index: number, count: (operation: FileOperation) => void): void {
    try {
      const operation = findFileOperation(this.#record.moveTo(batch, index));
      if (operation !== undefined) count(operation);
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
    }
  }
}
