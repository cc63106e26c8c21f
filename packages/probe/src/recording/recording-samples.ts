// SPDX-License-Identifier: Apache-2.0
// Recordings in memory, for tests.

import { encodeRecord } from '@fimbul/schema';
import { type ByteSource, type RecordingFault, RecordingReader } from './recording-reader.ts';
import { RecordingWriter } from './recording-writer.ts';

/** Writes a recording into memory and returns all of it. */
export function writeRecording(
  work: (writer: RecordingWriter) => void = () => undefined,
  { seed = 7, meta = {} as unknown } = {},
): Buffer {
  const chunks: Uint8Array[] = [];
  const writer = new RecordingWriter({ write: (bytes) => void chunks.push(bytes) }, seed, meta);
  work(writer);
  writer.finish({ done: true });
  return Buffer.concat(chunks);
}

/** Bytes as a file, and the largest piece of it that was asked for. */
export function makeSource(bytes: Buffer): ByteSource & { largest: number } {
  const source = {
    largest: 0,
    read(at: number, length: number): Buffer {
      source.largest = Math.max(source.largest, length);
      return bytes.subarray(at, at + length);
    },
  };
  return source;
}

export type ReadResult = {
  readonly records: readonly Uint8Array[];
  readonly notes: readonly unknown[];
  readonly fault: RecordingFault | null;
  readonly meta: unknown;
};

/** Reads all that can be read. */
export function readRecording(source: ByteSource): ReadResult {
  const reader = RecordingReader.open(source);
  const records: Uint8Array[] = [];
  const notes: unknown[] = [];
  if (!(reader instanceof RecordingReader)) return { records, notes, fault: reader, meta: null };
  for (const entry of reader.entries()) {
    if (entry.kind === 'record') records.push(Uint8Array.from(entry.bytes));
    else notes.push(entry.value);
  }
  return { records, notes, fault: reader.fault, meta: reader.footer?.meta };
}

/** A record of an open of a file, which its number makes different from others. */
export function makeOpen(number: number): Uint8Array {
  return encodeRecord('open', {
    header: { timestamp_ns: number, process: { pid: number, comm: 'cat' } },
    file: { path: `file-${number}/tmp`, path_source: 1, path_flags: 16, inode: number },
    retval: 3,
  });
}
