// SPDX-License-Identifier: Apache-2.0
// The bytes of a recording. All numbers are little-endian; nothing in front of the end is ever
// changed, so that a file that was cut anywhere is readable up to the last whole chunk.
//
//   preamble  magic[8] version:u32 byteOrder:u32 seed:u32 crc:u32
//   chunk     magic:u32 type:u32 number:u32 storedBytes:u32 plainBytes:u32 crc:u32  stored…
//   entry     kind:u8 length:u24  bytes…                            (in chunks of type `entries`)

import { crc32 } from 'node:zlib';

/** Begins with a byte that no text has and ends as PNG's does: transfers that mend lines show. */
export const recordingMagic = Buffer.from('\x89FIMREC\n', 'latin1');
export const recordingVersion = 1;
const byteOrderMark = 0x0a0b0c0d;
const byteOrderMarkSwapped = 0x0d0c0b0a;
const chunkMagic = 0x4b4e4843;

export const preambleBytes = 24;
export const chunkHeaderBytes = 24;

/** Bytes of a chunk as it is read and before it was compressed. Beyond: refused, not allocated. */
export const chunkBytesMax = 8 * 1024 * 1024;
/** Entries of a chunk: as many as fit into what a writer gathers. Beyond: refused. */
const entriesMax = 65_536;
/** Bytes of one entry, by the width of its length. */
export const entryBytesMax = 2 ** 24 - 1;

/** In the order of their numbers. A recording is a header, any number of entries, a footer. */
const chunkTypes = ['header', 'entries', 'footer'] as const;
export type ChunkType = (typeof chunkTypes)[number];

/** A raw record of the kernel, or a note: what else judging needs, as JSON. */
const entryKinds = ['record', 'note'] as const;
export type EntryKind = (typeof entryKinds)[number];

export type ChunkHeader = {
  readonly type: ChunkType;
  readonly number: number;
  readonly storedBytes: number;
  readonly plainBytes: number;
  readonly crc: number;
};

export function encodePreamble(seed: number): Buffer {
  const bytes = Buffer.alloc(preambleBytes);
  recordingMagic.copy(bytes);
  bytes.writeUInt32LE(recordingVersion, 8);
  bytes.writeUInt32LE(byteOrderMark, 12);
  bytes.writeUInt32LE(seed, 16);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 20)), 20);
  return bytes;
}

export type PreambleFault =
  | { readonly kind: 'not-a-recording' }
  | { readonly kind: 'other-byte-order' }
  | { readonly kind: 'other-version'; readonly version: number }
  | { readonly kind: 'damaged' };

/** Reads the seed of the checksums; the bytes are a whole preamble. */
export function decodePreamble(bytes: Buffer): { readonly seed: number } | PreambleFault {
  if (!bytes.subarray(0, 8).equals(recordingMagic)) return { kind: 'not-a-recording' };
  if (bytes.readUInt32LE(12) === byteOrderMarkSwapped) return { kind: 'other-byte-order' };
  if (crc32(bytes.subarray(0, 20)) !== bytes.readUInt32LE(20)) return { kind: 'damaged' };
  const version = bytes.readUInt32LE(8);
  if (version !== recordingVersion) return { kind: 'other-version', version };
  return { seed: bytes.readUInt32LE(16) };
}

/** Encodes a chunk's header with the checksum of itself and of what is stored. */
export function encodeChunkHeader(header: Omit<ChunkHeader, 'crc'>, crc: number): Buffer {
  const bytes = Buffer.alloc(chunkHeaderBytes);
  bytes.writeUInt32LE(chunkMagic, 0);
  bytes.writeUInt32LE(chunkTypes.indexOf(header.type), 4);
  bytes.writeUInt32LE(header.number, 8);
  bytes.writeUInt32LE(header.storedBytes, 12);
  bytes.writeUInt32LE(header.plainBytes, 16);
  bytes.writeUInt32LE(crc, 20);
  return bytes;
}

/** Reads a chunk's header; null when it cannot be one, whatever its checksum would say. */
export function decodeChunkHeader(bytes: Buffer): ChunkHeader | null {
  const type = chunkTypes[bytes.readUInt32LE(4)];
  const storedBytes = bytes.readUInt32LE(12);
  const plainBytes = bytes.readUInt32LE(16);
  if (bytes.readUInt32LE(0) !== chunkMagic || type === undefined) return null;
  if (storedBytes > chunkBytesMax || plainBytes > chunkBytesMax) return null;
  return {
    type,
    number: bytes.readUInt32LE(8),
    storedBytes,
    plainBytes,
    crc: bytes.readUInt32LE(20),
  };
}

/** The checksum of a chunk: its header up to the checksum, and what is stored. */
export function computeChunkCrc(header: Buffer, stored: Uint8Array, seed: number): number {
  return crc32(stored, crc32(header.subarray(0, 20), seed));
}

/** Writes the word in front of an entry. */
export function encodeEntryHead(target: Buffer, at: number, kind: EntryKind, length: number): void {
  target.writeUInt8(entryKinds.indexOf(kind), at);
  target.writeUIntLE(length, at + 1, 3);
}

export type PlacedEntry = {
  readonly kind: EntryKind;
  readonly start: number;
  readonly end: number;
};

/** Finds the entries of a chunk; null when they do not fill it exactly. */
export function placeEntries(bytes: Buffer): PlacedEntry[] | null {
  const entries: PlacedEntry[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (at + 4 > bytes.length || entries.length === entriesMax) return null;
    const kind = entryKinds[bytes.readUInt8(at)];
    const start = at + 4;
    const end = start + bytes.readUIntLE(at + 1, 3);
    if (kind === undefined || end > bytes.length) return null;
    entries.push({ kind, start, end });
    at = end;
  }
  return entries;
}
