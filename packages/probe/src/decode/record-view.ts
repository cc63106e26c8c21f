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
import { turnComponents } from './path-text.ts';
import type { RecordBatch } from './record-batch.ts';
import { ShortTexts, shortTextBytes } from './short-texts.ts';

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
  readonly #shortTexts = new ShortTexts();
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
    if (this.#start + this.#length > batch.bytes.length) {
      const place = `${this.#start}+${this.#length}`;
      this.#length = 0;
      throw new RecordError(`record at ${place} in a batch of ${batch.bytes.length} bytes`);
    }
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
    return this.#batch.view.getUint16(this.#locate(offset, 2), true);
  }

  getU32(offset: number): number {
    return this.#batch.view.getUint32(this.#locate(offset, 4), true);
  }

  getS32(offset: number): number {
    return this.#batch.view.getInt32(this.#locate(offset, 4), true);
  }

  getU64(offset: number): bigint {
    return this.#batch.view.getBigUint64(this.#locate(offset, 8), true);
  }

  getS64(offset: number): bigint {
    return this.#batch.view.getBigInt64(this.#locate(offset, 8), true);
  }

  /** Returns a signed 64-bit number that is known to be small, such as a result code. */
  getS64AsNumber(offset: number): number {
    const at = this.#locate(offset, 8);
    const { view } = this.#batch;
    return view.getInt32(at + 4, true) * 0x1_0000_0000 + view.getUint32(at, true);
  }

  /** Returns the bytes that a text_ref points at, as a byte string. */
  getText(refOffset: number): string {
    const offset = this.getU32(refOffset + textRefOffsets.offset);
    const length = this.getU32(refOffset + textRefOffsets.length);
    const start = this.#locate(offset, length);
    return this.#batch.bytes.toString('latin1', start, start + length);
  }

  /** Returns the path whose components, leaf first, a text_ref points at, as a byte string. */
  getTurnedText(refOffset: number, rooted: boolean): string {
    const offset = this.getU32(refOffset + textRefOffsets.offset);
    const length = this.getU32(refOffset + textRefOffsets.length);
    return turnComponents(this.#batch.bytes, this.#locate(offset, length), length, rooted);
  }

  /** Returns a NUL-terminated member as a byte string. */
  getChars(offset: number, lengthMax: number): string {
    const start = this.#locate(offset, lengthMax);
    const { bytes } = this.#batch;
    let end = start;
    while (end < start + lengthMax && bytes[end] !== 0) end += 1;
    return bytes.toString('latin1', start, end);
  }

  /** Returns a member of 16 bytes, which a NUL may end, as a byte string. */
  getShortText(offset: number): string {
    const { bytes, view } = this.#batch;
    return this.#shortTexts.read(bytes, view, this.#locate(offset, shortTextBytes));
  }

  /** Bytes of the record. */
  get length(): number {
    return this.#length;
  }

  /** Copies the record to the start of `target`, which has room for it. */
  copyInto(target: Uint8Array): void {
    const { bytes } = this.#batch;
    if (bytes.copy(target, 0, this.#start, this.#start + this.#length) < this.#length) {
      throw new Error(`a record of ${this.#length} bytes into ${target.length}`);
    }
  }

  /** Copies the record, for recordings and tests. */
  copyBytes(): Uint8Array {
    return Uint8Array.prototype.slice.call(
      this.#batch.bytes,
      this.#start,
      this.#start + this.#length,
    );
  }

  /** Turns an offset in the record into one in the batch; refuses what is not in the record. */
  #locate(offset: number, length: number): number {
    if (offset + length > this.#length) {
      throw new RecordError(`bytes ${offset}+${length} in a record of ${this.#length} bytes`);
    }
    return this.#start + offset;
  }
}
