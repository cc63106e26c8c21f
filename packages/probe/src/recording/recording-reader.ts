// SPDX-License-Identifier: Apache-2.0
// Reads a recording, which may be cut, damaged or made to harm: lengths are checked before anything
// is allocated, a chunk is used only when its checksum holds and its entries fill it, and whatever
// ends the reading is told with its byte. Nothing is thrown but what the source throws.

import { inflateRawSync } from 'node:zlib';
import {
  type ChunkHeader,
  chunkHeaderBytes,
  computeChunkCrc,
  decodeChunkHeader,
  decodePreamble,
  placeEntries,
  preambleBytes,
  recordingMagic,
  recordingVersion,
} from './format.ts';
import {
  parseFooter,
  parseHeader,
  parseJson,
  type RecordingFooter,
  type RecordingHeader,
} from './recording-header.ts';

/** Where the bytes come from. */
export type ByteSource = {
  /** Reads up to `length` bytes at a place; fewer only at the end. */
  read(at: number, length: number): Buffer;
};

export type RecordingEntry =
  /** Valid until the next entry is asked for. */
  | { readonly kind: 'record'; readonly bytes: Uint8Array }
  | { readonly kind: 'note'; readonly value: unknown };

/** `refused`: nothing of it can be read. `cut`, `damaged`: what stands before `at` is good. */
export type RecordingFault = {
  readonly kind: 'refused' | 'cut' | 'damaged';
  /** Byte of the file at which reading ended. */
  readonly at: number;
  readonly what: string;
  readonly advice: string;
};

const otherFile = 'name a file that "fimbul record" wrote';
const cutAdvice =
  'what was recorded later is not in the file: let "fimbul record" end by itself, and copy whole';
const damageAdvice = 'copy the recording again from where it was made';

function isFault(value: object): value is RecordingFault {
  return 'at' in value && 'advice' in value;
}

function checkPreamble(source: ByteSource): { readonly seed: number } | RecordingFault {
  const bytes = source.read(0, preambleBytes);
  const refuse = (what: string, advice: string): RecordingFault => ({
    kind: 'refused',
    at: 0,
    what,
    advice,
  });
  if (bytes.length === 0) return refuse('the file is empty', otherFile);
  if (bytes.length < preambleBytes) {
    const magic = recordingMagic.subarray(0, bytes.length);
    if (!bytes.subarray(0, magic.length).equals(magic)) {
      return refuse('it is no recording', otherFile);
    }
    return { kind: 'cut', at: 0, what: 'the file ends in its first bytes', advice: cutAdvice };
  }
  const preamble = decodePreamble(bytes);
  if ('seed' in preamble) return preamble;
  switch (preamble.kind) {
    case 'not-a-recording':
      return refuse('it is no recording', otherFile);
    case 'other-byte-order':
      return refuse(
        'it was made on a machine of the other byte order, and its records with it',
        'replay it on a machine like the one that made it',
      );
    case 'other-version':
      return refuse(
        `it has version ${preamble.version} of the format, this reads ${recordingVersion}`,
        'replay it with the version of fimbul that made it, or a newer one',
      );
    case 'damaged':
      return refuse('its first bytes are damaged: their checksum does not hold', damageAdvice);
  }
}

type Chunk = { readonly header: ChunkHeader; readonly plain: Buffer; readonly end: number };

export class RecordingReader {
  readonly header: RecordingHeader;
  readonly #source: ByteSource;
  readonly #seed: number;
  #at: number;
  #chunkCount = 1;
  #recordCount = 0;
  #noteCount = 0;
  #footer: RecordingFooter | null = null;
  #fault: RecordingFault | null = null;

  private constructor(source: ByteSource, seed: number, first: Chunk, header: RecordingHeader) {
    this.#source = source;
    this.#seed = seed;
    this.#at = first.end;
    this.header = header;
  }

  /** Reads the beginning; a fault when there is none that can be read. */
  static open(source: ByteSource): RecordingReader | RecordingFault {
    const preamble = checkPreamble(source);
    if (isFault(preamble)) return preamble;
    const first = readChunk(source, preamble.seed, { at: preambleBytes, number: 0 });
    if (first === null) return describeCut({ at: preambleBytes, number: 0 });
    if (isFault(first)) return first;
    const header = first.header.type === 'header' ? parseHeader(first.plain) : null;
    if (header === null) return damaged(preambleBytes, 'it does not begin with a header');
    return new RecordingReader(source, preamble.seed, first, header);
  }

  /** What ended the reading before the end of the recording; null when nothing is missing. */
  get fault(): RecordingFault | null {
    return this.#fault;
  }

  /** The footer, once all entries were read and nothing is missing. */
  get footer(): RecordingFooter | null {
    return this.#footer;
  }

  /** Reads the entries in their order, up to the end or the first fault. To be called once. */
  *entries(): Generator<RecordingEntry, void, undefined> {
    for (;;) {
      const place = { at: this.#at, number: this.#chunkCount };
      const chunk = readChunk(this.#source, this.#seed, place) ?? describeCut(place);
      if (isFault(chunk)) {
        this.#fault = chunk;
        return;
      }
      if (chunk.header.type === 'footer') {
        this.#fault = this.#finish(chunk);
        return;
      }
      const entries = chunk.header.type === 'entries' ? this.#decodeEntries(chunk.plain) : null;
      if (entries === null) {
        this.#fault = damaged(this.#at, `chunk ${place.number} does not hold entries`);
        return;
      }
      this.#at = chunk.end;
      this.#chunkCount += 1;
      yield* entries;
    }
  }

  /** Decodes a whole chunk before any of it is used; null when it is not as it should be. */
  #decodeEntries(plain: Buffer): RecordingEntry[] | null {
    const placed = placeEntries(plain);
    if (placed === null) return null;
    const entries: RecordingEntry[] = [];
    let notes = 0;
    for (const { kind, start, end } of placed) {
      const bytes = plain.subarray(start, end);
      if (kind === 'record') {
        entries.push({ kind, bytes });
        continue;
      }
      const value = parseJson(bytes);
      if (value === undefined) return null;
      entries.push({ kind, value });
      notes += 1;
    }
    this.#noteCount += notes;
    this.#recordCount += entries.length - notes;
    return entries;
  }

  /** Takes the footer; returns what is wrong with it. */
  #finish(chunk: Chunk): RecordingFault | null {
    const footer = parseFooter(chunk.plain);
    if (footer === null) return damaged(this.#at, 'the footer is none');
    const { records, notes, chunks } = footer;
    const isWhole =
      records === this.#recordCount && notes === this.#noteCount && chunks === this.#chunkCount;
    if (!isWhole) {
      const found = `there are ${this.#recordCount} and ${this.#noteCount}`;
      const what = `its footer tells of ${records} records and ${notes} notes, ${found}`;
      return damaged(this.#at, what);
    }
    if (this.#source.read(chunk.end, 1).length > 0) {
      return damaged(chunk.end, 'something follows after its end');
    }
    this.#footer = footer;
    return null;
  }
}

function damaged(at: number, what: string): RecordingFault {
  return { kind: 'damaged', at, what, advice: damageAdvice };
}

type ChunkPlace = { readonly at: number; readonly number: number };

function describeCut({ at, number }: ChunkPlace): RecordingFault {
  const what = `the file was cut: it ends before its footer, in chunk ${number}`;
  return { kind: 'cut', at, what, advice: cutAdvice };
}

/** Reads the chunk at a place; null where the file ends before the chunk does. */
function readChunk(
  source: ByteSource,
  seed: number,
  { at, number }: ChunkPlace,
): Chunk | RecordingFault | null {
  const head = source.read(at, chunkHeaderBytes);
  if (head.length < chunkHeaderBytes) return null;
  const header = decodeChunkHeader(head);
  if (header === null) return damaged(at, `no chunk begins where chunk ${number} should`);
  const stored = source.read(at + chunkHeaderBytes, header.storedBytes);
  if (stored.length < header.storedBytes) return null;
  if (computeChunkCrc(head, stored, seed) !== header.crc) {
    return damaged(at, `the checksum of chunk ${number} does not hold`);
  }
  if (header.number !== number) {
    return damaged(at, `chunk ${header.number} stands where chunk ${number} should`);
  }
  const plain = inflate(stored, header.plainBytes);
  if (plain === null) return damaged(at, `chunk ${number} does not unpack to what it says`);
  return { header, plain, end: at + chunkHeaderBytes + stored.length };
}

function inflate(stored: Buffer, plainBytes: number): Buffer | null {
  try {
    // One byte more than promised is enough to know that the promise is broken.
    const plain = inflateRawSync(stored, { maxOutputLength: plainBytes + 1 });
    return plain.length === plainBytes ? plain : null;
  } catch {
    return null;
  }
}
