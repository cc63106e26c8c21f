// SPDX-License-Identifier: Apache-2.0
// What was written is read; what was cut, damaged or made up is told with its byte and never used.

import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import {
  chunkBytesMax,
  chunkHeaderBytes,
  computeChunkCrc,
  encodeChunkHeader,
  preambleBytes,
} from './format.ts';
import { RecordingReader } from './recording-reader.ts';
import { makeOpen, makeSource, readRecording, writeRecording } from './recording-samples.ts';

const seed = 7;
const records = Array.from({ length: 40 }, (_, number) => makeOpen(number));

/** Four chunks of entries between the header and the footer. */
const whole = writeRecording((writer) => {
  records.forEach((record, number) => {
    if (number % 4 === 0) writer.addNote({ kind: 'sample', number });
    writer.addRecord(record);
    if (number % 10 === 9) writer.flush();
  });
});

/** Where each chunk begins, in order, with the end of the file. */
function listChunks(bytes: Buffer): number[] {
  const starts: number[] = [];
  let at = preambleBytes;
  while (at < bytes.length) {
    starts.push(at);
    at += chunkHeaderBytes + bytes.readUInt32LE(at + 12);
  }
  return [...starts, at];
}

/** A chunk whose checksum holds, whatever is in it. */
function makeChunk(type: number, number: number, plain: Buffer, plainBytes = plain.length): Buffer {
  const stored = deflateRawSync(plain);
  const spec = { type: 'entries' as const, number, storedBytes: stored.length, plainBytes };
  const header = encodeChunkHeader(spec, 0);
  header.writeUInt32LE(type, 4);
  header.writeUInt32LE(computeChunkCrc(header, stored, seed), 20);
  return Buffer.concat([header, stored]);
}

/** The recording up to its entries, and then these chunks. */
function replaceEntries(...chunks: readonly Buffer[]): Buffer {
  const [, second = 0] = listChunks(whole);
  return Buffer.concat([whole.subarray(0, second), ...chunks]);
}

describe('a whole recording', () => {
  it('is read as it was written, in its order', () => {
    const reader = RecordingReader.open(makeSource(whole));
    assert.ok(reader instanceof RecordingReader);
    const order = [...reader.entries()].map((entry) =>
      entry.kind === 'record' ? 'record' : (entry.value as { number: number }).number,
    );
    assert.deepEqual(order.slice(0, 6), [0, 'record', 'record', 'record', 'record', 4]);
    assert.deepEqual(readRecording(makeSource(whole)), {
      records,
      notes: Array.from({ length: 10 }, (_, index) => ({ kind: 'sample', number: 4 * index })),
      fault: null,
      meta: { done: true },
    });
  });

  it('may be empty, and may hold a record longer than a chunk gathers', () => {
    assert.deepEqual(readRecording(makeSource(writeRecording())).records, []);
    const long = new Uint8Array(1024 * 1024).fill(5);
    const read = readRecording(makeSource(writeRecording((writer) => writer.addRecord(long))));
    assert.deepEqual(read.records, [long]);
    assert.equal(read.fault, null);
  });

  it('is refused an entry that it could not give back', () => {
    assert.throws(
      () => writeRecording((w) => w.addRecord(new Uint8Array(chunkBytesMax))),
      RangeError,
    );
  });
});

describe('a recording that was cut', () => {
  it('is read up to the last whole chunk, wherever it was cut', () => {
    const chunks = listChunks(whole);
    for (let length = 1; length < whole.length; length += 1) {
      const { records: read, fault } = readRecording(makeSource(whole.subarray(0, length)));
      assert.equal(fault?.kind, 'cut', `${length} bytes`);
      const wholeChunks = chunks.filter((end) => end <= length).length - 1;
      assert.equal(read.length, 10 * Math.max(0, wholeChunks - 1), `${length} bytes`);
      const place = length < preambleBytes ? 0 : chunks.findLast((start) => start <= length);
      assert.equal(fault.at, place ?? preambleBytes, `${length} bytes`);
    }
  });

  it('tells at which byte', () => {
    const [, , third = 0] = listChunks(whole);
    const { fault } = readRecording(makeSource(whole.subarray(0, third + 30)));
    assert.equal(fault?.what, 'the file was cut: it ends before its footer, in chunk 2');
    assert.equal(fault.at, third);
  });
});

describe('a file that is none of ours', () => {
  const refusals: readonly (readonly [string, Buffer, RegExp])[] = [
    ['is empty', Buffer.alloc(0), /^the file is empty$/],
    ['is text', Buffer.from('root:x:0:0:root:/root:/bin/bash\n'), /^it is no recording$/],
    ['is a short text', Buffer.from('hi'), /^it is no recording$/],
    ['is random', Buffer.alloc(4096, 0x5a), /^it is no recording$/],
  ];
  for (const [name, bytes, what] of refusals) {
    it(name, () => {
      const { fault } = readRecording(makeSource(bytes));
      assert.equal(fault?.kind, 'refused');
      assert.match(fault.what, what);
    });
  }

  it('is of a newer version of the format', () => {
    const bytes = Buffer.from(whole);
    bytes.writeUInt32LE(2, 8);
    bytes.writeUInt32LE(crc32(bytes.subarray(0, 20)), 20);
    const { fault } = readRecording(makeSource(bytes));
    assert.equal(fault?.what, 'it has version 2 of the format, this reads 1');
    assert.match(fault.advice, /version of fimbul that made it, or a newer one/);
  });

  it('is of a machine of the other byte order', () => {
    const bytes = Buffer.from(whole);
    bytes.subarray(8, preambleBytes).swap32();
    assert.match(readRecording(makeSource(bytes)).fault?.what ?? '', /other byte order/);
  });
});

describe('a recording that was damaged', () => {
  it('has a chunk too few, twice, or of another recording', () => {
    const chunks = listChunks(whole);
    const piece = (index: number): Buffer => whole.subarray(chunks[index], chunks[index + 1]);
    const missing = readRecording(makeSource(replaceEntries(piece(2))));
    assert.match(missing.fault?.what ?? '', /^chunk 2 stands where chunk 1 should$/);
    const twice = readRecording(makeSource(replaceEntries(piece(1), piece(1))));
    assert.match(twice.fault?.what ?? '', /^chunk 1 stands where chunk 2 should$/);
    assert.equal(twice.records.length, 10);
    const other = writeRecording((writer) => writer.addRecord(makeOpen(1)), { seed: 8 });
    const [, start, end] = listChunks(other);
    const mixed = readRecording(makeSource(replaceEntries(other.subarray(start, end))));
    assert.match(mixed.fault?.what ?? '', /^the checksum of chunk 1 does not hold$/);
    assert.deepEqual(mixed.records, []);
  });

  it('has something behind its end, or a footer that counts otherwise', () => {
    const behind = readRecording(makeSource(Buffer.concat([whole, Buffer.of(0)])));
    assert.equal(behind.fault?.what, 'something follows after its end');
    assert.equal(behind.fault.at, whole.length);
    const footer = { records: 1, notes: 0, chunks: 1, meta: null };
    const chunk = makeChunk(2, 1, Buffer.from(JSON.stringify(footer)));
    const { fault } = readRecording(makeSource(replaceEntries(chunk)));
    assert.match(
      fault?.what ?? '',
      /^its footer tells of 1 records and 0 notes, there are 0 and 0$/,
    );
  });

  it('holds entries that do not fill their chunk, or no JSON: none of the chunk is used', () => {
    const good = Buffer.concat([Buffer.of(0, 3, 0, 0), Buffer.of(1, 2, 3)]);
    const bad = [
      Buffer.concat([good, Buffer.of(0)]),
      Buffer.concat([good, Buffer.of(0, 0xff, 0xff, 0xff)]),
      Buffer.concat([good, Buffer.of(9, 0, 0, 0)]),
      Buffer.concat([good, Buffer.of(1, 1, 0, 0, 0x7b)]),
      // More entries than any writer gathers: each would cost a hundred times its bytes.
      Buffer.alloc(4 * 65_537),
    ];
    for (const plain of bad) {
      const read = readRecording(makeSource(replaceEntries(makeChunk(1, 1, plain))));
      assert.equal(read.fault?.what, 'chunk 1 does not hold entries');
      assert.deepEqual(read.records, []);
    }
  });

  it('does not unpack to what it says, be it less or a bomb', () => {
    for (const plainBytes of [1, 10]) {
      const chunk = makeChunk(1, 1, Buffer.from('not 10'), plainBytes);
      const { fault } = readRecording(makeSource(replaceEntries(chunk)));
      assert.match(fault?.what ?? '', /^chunk 1 does not unpack to what it says$/);
    }
    const bomb = makeChunk(1, 1, Buffer.alloc(64 * 1024 * 1024), 100);
    const before = process.memoryUsage().arrayBuffers;
    const { fault } = readRecording(makeSource(replaceEntries(bomb)));
    assert.match(fault?.what ?? '', /does not unpack/);
    assert.ok(process.memoryUsage().arrayBuffers - before < 16 * 1024 * 1024);
  });

  it('has a length that nothing is allocated for', () => {
    const [, second = 0] = listChunks(whole);
    for (const place of [12, 16]) {
      const bytes = Buffer.from(whole);
      bytes.writeUInt32LE(0xffff_fff0, second + place);
      const source = makeSource(bytes);
      const { fault } = readRecording(source);
      assert.equal(fault?.what, 'no chunk begins where chunk 1 should');
      assert.ok(source.largest <= chunkBytesMax);
    }
  });

  it('has a header that is none', () => {
    const begin = whole.subarray(0, preambleBytes);
    const layouts = [{ kind: 'a\u001b[2J', size: 8, members: [] }];
    const strange = JSON.stringify({ schema: { layouts, pathSources: [], pathFlags: {} } });
    for (const text of [
      '',
      '{}',
      '[]',
      '{"schema":{"layouts":[{"kind":1}]}}',
      '{"schema":null}',
      strange,
    ]) {
      const bytes = Buffer.concat([begin, makeChunk(0, 0, Buffer.from(text))]);
      const { fault } = readRecording(makeSource(bytes));
      assert.equal(fault?.what, 'it does not begin with a header', text);
    }
  });
});

test('a header may hold more than is known, however deep: it is not walked through', () => {
  const { schema } = JSON.parse(readHeader()) as { schema: object };
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const text = `{"schema":${JSON.stringify(schema).slice(0, -1)},"deep":${deep}},"meta":null}`;
  const bytes = Buffer.concat([
    whole.subarray(0, preambleBytes),
    makeChunk(0, 0, Buffer.from(text)),
  ]);
  const reader = RecordingReader.open(makeSource(bytes));
  assert.ok(reader instanceof RecordingReader);
  assert.deepEqual(reader.header.schema, schema);
});

function readHeader(): string {
  const [start = 0, end = 0] = listChunks(whole);
  return inflateRawSync(whole.subarray(start + chunkHeaderBytes, end)).toString('utf8');
}

test('bytes that are changed and cut at random are never used, and nothing is thrown', () => {
  const change = fc.record({
    at: fc.nat(whole.length - 1),
    value: fc.integer({ min: 0, max: 255 }),
  });
  const lengths = fc.oneof(fc.constant(whole.length), fc.nat(whole.length));
  const wanted = records.map((record) => Buffer.from(record).toString('hex'));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 5 }), lengths, (changes, length) => {
      const bytes = Buffer.from(whole);
      for (const { at, value } of changes) bytes[at] = value;
      const source = makeSource(bytes.subarray(0, length));
      const read = readRecording(source);
      // Whatever was read is what was written, from the start and in order.
      assert.deepEqual(
        read.records.map((record) => Buffer.from(record).toString('hex')),
        wanted.slice(0, read.records.length),
      );
      if (!bytes.equals(whole) || length < whole.length) assert.notEqual(read.fault, null);
      assert.ok(source.largest <= chunkBytesMax);
    }),
    { numRuns: 500 },
  );
});
