// SPDX-License-Identifier: Apache-2.0
// A window on one raw record of a batch. It decodes nothing until asked, is moved from record to
// record without allocating, and refuses offsets that point outside of its record.

import {
  cgroupRecordOffsets,
  chmodRecordOffsets,
  execRecordOffsets,
  exitRecordOffsets,
  forkRecordOffsets,
  openRecordOffsets,
  type RecordKind,
  recordHeaderOffsets,
  recordKinds,
  renameRecordOffsets,
  textRefOffsets,
  unlinkRecordOffsets,
} from '@fimbul/schema';
import type { RecordBatch } from './record-batch.ts';

const fixedBytes: Readonly<Record<RecordKind, number>> = {
  open: openRecordOffsets.size,
  unlink: unlinkRecordOffsets.size,
  rename: renameRecordOffsets.size,
  chmod: chmodRecordOffsets.size,
  exec: execRecordOffsets.size,
  exit: exitRecordOffsets.size,
  fork: forkRecordOffsets.size,
  cgroup: cgroupRecordOffsets.size,
};

/** Bytes that cannot be a record: too short for their kind, or pointing outside of themselves. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
}

export class RecordView {
  #batch: RecordBatch;
  #start = 0;
  #length = 0;

  constructor(batch: RecordBatch) {
    this.#batch = batch;
  }

  /**
   * Moves to a record of a batch and returns its kind.
   * @throws RecordError when the bytes cannot be a record.
   */
  moveTo(batch: RecordBatch, index: number): RecordKind {
    this.#batch = batch;
    this.#start = batch.index[2 * index] ?? 0;
    this.#length = batch.index[2 * index + 1] ?? 0;
    if (this.#length < recordHeaderOffsets.size) {
      throw new RecordError(`record of ${this.#length} bytes is shorter than its header`);
    }
    const number = this.getU32(recordHeaderOffsets.kind);
    const kind = recordKinds[number];
    if (kind === undefined) throw new RecordError(`record of unknown kind ${number}`);
    if (this.#length < fixedBytes[kind]) {
      throw new RecordError(`${kind} record of ${this.#length} bytes is too short`);
    }
    return kind;
  }

  getU16(offset: number): number {
    return this.#batch.view.getUint16(this.#start + offset, true);
  }

  getU32(offset: number): number {
    return this.#batch.view.getUint32(this.#start + offset, true);
  }

  getS32(offset: number): number {
    return this.#batch.view.getInt32(this.#start + offset, true);
  }

  getU64(offset: number): bigint {
    return this.#batch.view.getBigUint64(this.#start + offset, true);
  }

  getS64(offset: number): bigint {
    return this.#batch.view.getBigInt64(this.#start + offset, true);
  }

  /** Returns a signed 64-bit number that is known to be small, such as a result code. */
  getS64AsNumber(offset: number): number {
    const view = this.#batch.view;
    const low = view.getUint32(this.#start + offset, true);
    return view.getInt32(this.#start + offset + 4, true) * 0x1_0000_0000 + low;
  }

  /** Returns the bytes that a text_ref points at, as a byte string. */
  getText(refOffset: number): string {
    const offset = this.getU32(refOffset + textRefOffsets.offset);
    const length = this.getU32(refOffset + textRefOffsets.length);
    if (offset + length > this.#length) {
      throw new RecordError(`text at ${offset}+${length} in a record of ${this.#length} bytes`);
    }
    const start = this.#start + offset;
    return this.#batch.bytes.toString('latin1', start, start + length);
  }

  /** Returns a NUL-terminated member as a byte string. */
  getChars(offset: number, lengthMax: number): string {
    const start = this.#start + offset;
    const end = this.#batch.bytes.indexOf(0, start);
    return this.#batch.bytes.toString(
      'latin1',
      start,
      end < 0 || end > start + lengthMax ? start + lengthMax : end,
    );
  }

  /** Copies the record, for recordings and tests. */
  copyBytes(): Uint8Array {
    return Uint8Array.prototype.slice.call(
      this.#batch.bytes,
      this.#start,
      this.#start + this.#length,
    );
  }
}
