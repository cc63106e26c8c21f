// SPDX-License-Identifier: Apache-2.0
// Writes a recording: records and notes are gathered into chunks, each compressed, checksummed and
// written whole. What was flushed can be read whatever happens to this process.

import { deflateRawSync } from 'node:zlib';
import { describeRecords } from '@fimbul/schema';
import {
  type ChunkType,
  chunkBytesMax,
  computeChunkCrc,
  type EntryKind,
  encodeChunkHeader,
  encodeEntryHead,
  encodePreamble,
  entryBytesMax,
} from './format.ts';
import type { RecordingFooter, RecordingHeader } from './recording-header.ts';

/** A chunk is written when this much has gathered. Records of the kernel are shorter by far. */
const gatheredBytesMax = 256 * 1024;
/** Fast: a recording must keep up with its host. */
const compressionLevel = 3;

/** Where the bytes go; returns when the operating system has them. */
export type ByteSink = { write(bytes: Uint8Array): void };

export class RecordingWriter {
  readonly #sink: ByteSink;
  readonly #seed: number;
  #gathered = Buffer.allocUnsafe(gatheredBytesMax);
  #gatheredBytes = 0;
  #chunkCount = 0;
  #byteCount = 0;
  #recordCount = 0;
  #noteCount = 0;

  /**
   * Writes the beginning.
   * @param seed Any number: it tells the chunks of this recording from those of another.
   * @param meta What the program that records wants to find again, as JSON.
   */
  constructor(sink: ByteSink, seed: number, meta: unknown) {
    this.#sink = sink;
    this.#seed = seed;
    this.#write(encodePreamble(seed));
    const header: RecordingHeader = { schema: describeRecords(), meta };
    this.#writeChunk('header', Buffer.from(JSON.stringify(header), 'utf8'));
  }

  /** Bytes written so far. */
  get byteCount(): number {
    return this.#byteCount;
  }

  get recordCount(): number {
    return this.#recordCount;
  }

  /** Adds a record as the kernel sent it. */
  addRecord(bytes: Uint8Array): void {
    this.#recordCount += 1;
    this.#add('record', bytes);
  }

  /** Adds a note, which is read back at the same place among the records. */
  addNote(note: unknown): void {
    this.#noteCount += 1;
    this.#add('note', Buffer.from(JSON.stringify(note), 'utf8'));
  }

  /** Writes what has gathered. */
  flush(): void {
    if (this.#gatheredBytes === 0) return;
    const bytes = this.#gathered.subarray(0, this.#gatheredBytes);
    this.#gatheredBytes = 0;
    this.#writeChunk('entries', bytes);
  }

  /** Writes the rest and the footer that tells that nothing is missing. */
  finish(meta: unknown): void {
    this.flush();
    const footer: RecordingFooter = {
      records: this.#recordCount,
      notes: this.#noteCount,
      chunks: this.#chunkCount,
      meta,
    };
    this.#writeChunk('footer', Buffer.from(JSON.stringify(footer), 'utf8'));
  }

  #add(kind: EntryKind, bytes: Uint8Array): void {
    if (bytes.length > entryBytesMax || bytes.length + 4 > chunkBytesMax) {
      throw new RangeError(`a ${kind} of ${bytes.length} bytes does not fit a recording`);
    }
    const length = bytes.length + 4;
    if (this.#gatheredBytes + length > this.#gathered.length) {
      this.flush();
      if (length > this.#gathered.length) this.#gathered = Buffer.allocUnsafe(length);
    }
    encodeEntryHead(this.#gathered, this.#gatheredBytes, kind, bytes.length);
    this.#gathered.set(bytes, this.#gatheredBytes + 4);
    this.#gatheredBytes += length;
  }

  #writeChunk(type: ChunkType, plain: Buffer): void {
    const stored = deflateRawSync(plain, { level: compressionLevel });
    if (plain.length > chunkBytesMax || stored.length > chunkBytesMax) {
      throw new RangeError(`a ${type} of ${plain.length} bytes does not fit a recording`);
    }
    const header = {
      type,
      number: this.#chunkCount,
      storedBytes: stored.length,
      plainBytes: plain.length,
    };
    this.#chunkCount += 1;
    const crc = computeChunkCrc(encodeChunkHeader(header, 0), stored, this.#seed);
    this.#write(Buffer.concat([encodeChunkHeader(header, crc), stored]));
  }

  #write(bytes: Uint8Array): void {
    this.#sink.write(bytes);
    this.#byteCount += bytes.length;
  }
}
