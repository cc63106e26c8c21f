// SPDX-License-Identifier: Apache-2.0
// A view reads what is in its record, and refuses everything else in one way.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  cgroupRecordOffsets,
  chmodRecordOffsets,
  encodeRecord,
  exitRecordOffsets,
  openRecordOffsets,
  type RecordKind,
  recordHeaderOffsets,
  recordKinds,
  renameRecordOffsets,
  textRefOffsets,
  unlinkRecordOffsets,
} from '@fimbul/schema';
import fc from 'fast-check';
import { readFileFacts, readPath } from './file-facts.ts';
import { readProcessFacts } from './process-facts.ts';
import {
  readCgroupRecord,
  readExecRecord,
  readExitRecord,
  readForkRecord,
} from './process-records.ts';
import { RecordBatch } from './record-batch.ts';
import { RecordError, RecordView } from './record-view.ts';

function view(batch: RecordBatch, index = 0): RecordView {
  const record = new RecordView(batch);
  record.moveTo(batch, index);
  return record;
}

function viewOf(...records: readonly Uint8Array[]): RecordView {
  return view(RecordBatch.of(...records));
}

/** Everything that any reader takes out of a record of a kind. */
function readAll(record: RecordView, kind: RecordKind): void {
  readProcessFacts(record);
  const readers: Readonly<Record<RecordKind, () => unknown>> = {
    open: () => readFileFacts(record, openRecordOffsets.file.at),
    unlink: () => readFileFacts(record, unlinkRecordOffsets.file.at),
    rename: () => [
      readFileFacts(record, renameRecordOffsets.file.at),
      readFileFacts(record, renameRecordOffsets.destination.at),
    ],
    chmod: () => readPath(record, chmodRecordOffsets.file.at),
    exec: () => readExecRecord(record),
    exit: () => readExitRecord(record),
    fork: () => readForkRecord(record),
    cgroup: () => readCgroupRecord(record),
  };
  readers[kind]();
}

describe('moving', () => {
  it('tells the kind of every record', () => {
    const batch = RecordBatch.of(...recordKinds.map((kind) => encodeRecord(kind, {})));
    const record = new RecordView(batch);
    for (const [index, kind] of recordKinds.entries()) {
      assert.equal(record.moveTo(batch, index), kind);
    }
  });

  it('shows the record moved to and not its neighbours', () => {
    const batch = RecordBatch.of(...[7, 8, 9].map((status) => encodeRecord('exit', { status })));
    assert.equal(view(batch, 1).getU32(exitRecordOffsets.status), 8);
  });

  it('refuses bytes that are shorter than a header', () => {
    const whole = encodeRecord('exit', {});
    const short = whole.subarray(0, recordHeaderOffsets.size - 1);
    assert.throws(
      () => viewOf(short),
      new RecordError('record of 151 bytes is shorter than its header'),
    );
    assert.throws(() => viewOf(new Uint8Array(0)), RecordError);
  });

  it('refuses bytes that are shorter than their kind', () => {
    for (const kind of recordKinds) {
      const whole = encodeRecord(kind, {});
      const short = whole.subarray(0, whole.length - 1);
      assert.throws(() => viewOf(short, whole), RecordError);
    }
  });

  it('refuses a kind that does not exist', () => {
    const bytes = encodeRecord('exit', {});
    bytes[recordHeaderOffsets.kind] = recordKinds.length;
    assert.throws(
      () => viewOf(bytes),
      new RecordError(`record of unknown kind ${recordKinds.length}`),
    );
  });

  it('refuses a record that the batch has no bytes of', () => {
    const batch = RecordBatch.of(encodeRecord('exit', {}));
    const record = new RecordView(batch);
    assert.throws(() => record.moveTo(batch, 1), RecordError);
    batch.index[1] = batch.bytes.length + 1;
    assert.throws(() => record.moveTo(batch, 0), RecordError);
    assert.throws(() => record.getU32(0), RecordError);
  });
});

describe('numbers', () => {
  const record = viewOf(
    encodeRecord('open', {
      file: {
        inode: 0xfedcba9876543210n,
        change_time_ns: -2n,
        mount_id: -3,
        uid: 0xffffffff,
        path_flags: 0xabcd,
      },
      retval: -13,
    }),
  );
  const { file, retval } = openRecordOffsets;

  it('are read in their width and sign', () => {
    assert.equal(record.getU64(file.inode), 0xfedcba9876543210n);
    assert.equal(record.getS64(file.changeTimeNs), -2n);
    assert.equal(record.getS32(file.mountId), -3);
    assert.equal(record.getU32(file.uid), 0xffffffff);
    assert.equal(record.getU16(file.pathFlags), 0xabcd);
  });

  it('of 64 bits that are small are numbers', () => {
    assert.equal(record.getS64AsNumber(retval), -13);
    for (const value of [0, 1, -1, 0x7fffffff, 0x80000000, -0x80000000, 0x1_0000_0000, -4095]) {
      const bytes = encodeRecord('open', { retval: value });
      assert.equal(viewOf(bytes).getS64AsNumber(retval), value);
    }
  });

  it('are refused where any of their bytes is behind the end of the record', () => {
    const bytes = encodeRecord('exit', {});
    // More records follow: their bytes are there, but not this record's.
    const short = viewOf(bytes, bytes, bytes);
    const end = bytes.length;
    const reads: readonly (readonly [width: number, read: (offset: number) => unknown])[] = [
      [2, (offset) => short.getU16(offset)],
      [4, (offset) => short.getU32(offset)],
      [4, (offset) => short.getS32(offset)],
      [8, (offset) => short.getU64(offset)],
      [8, (offset) => short.getS64(offset)],
      [8, (offset) => short.getS64AsNumber(offset)],
    ];
    for (const [width, read] of reads) {
      read(end - width);
      for (const offset of [end - width + 1, end, end + 1000]) {
        assert.throws(() => read(offset), RecordError);
      }
    }
  });
});

describe('text', () => {
  const ref = cgroupRecordOffsets.path;

  function pointAt(offset: number, length: number): RecordView {
    const bytes = encodeRecord('cgroup', { path: 'abc' });
    const numbers = new DataView(bytes.buffer);
    numbers.setUint32(ref.at + textRefOffsets.offset, offset, true);
    numbers.setUint32(ref.at + textRefOffsets.length, length, true);
    return viewOf(bytes, bytes);
  }

  it('is the bytes referred to, whatever they are', () => {
    const path = String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte));
    assert.equal(viewOf(encodeRecord('cgroup', { path })).getText(ref.at), path);
  });

  it('is empty where nothing is referred to', () => {
    assert.equal(viewOf(encodeRecord('cgroup', {})).getText(ref.at), '');
  });

  it('may end where the record ends, and no later', () => {
    const { size } = cgroupRecordOffsets;
    assert.equal(pointAt(size, 3).getText(ref.at), 'abc');
    assert.equal(pointAt(size + 3, 0).getText(ref.at), '');
    for (const [offset, length] of [
      [size, 4],
      [size + 4, 0],
      [0xffffffff, 1],
      [0xffffffff, 0xffffffff],
      [1, 0xffffffff],
    ] as const) {
      assert.throws(() => pointAt(offset, length).getText(ref.at), RecordError);
    }
  });
});

describe('characters', () => {
  const { comm } = recordHeaderOffsets.process;
  const readComm = (text: string): string => {
    const record = viewOf(encodeRecord('exit', { header: { process: { comm: text } } }));
    const read = record.getChars(comm, 16);
    assert.equal(record.getShortText(comm), read);
    return read;
  };

  it('end at the first NUL', () => {
    assert.equal(readComm('sh'), 'sh');
    assert.equal(readComm('sh\0old rest'), 'sh');
    assert.equal(readComm(''), '');
    assert.equal(readComm('\xff\x80'), '\xff\x80');
  });

  it('end with the member when there is no NUL', () => {
    assert.equal(readComm('0123456789abcde'), '0123456789abcde');
    assert.equal(readComm('0123456789abcdef'), '0123456789abcdef');
  });

  it('are refused where the member is not in the record', () => {
    const bytes = encodeRecord('exit', {});
    const record = viewOf(bytes, bytes);
    assert.equal(record.getChars(bytes.length - 4, 4), '');
    assert.throws(() => record.getChars(bytes.length - 4, 5), RecordError);
    assert.throws(() => record.getShortText(bytes.length - 15), RecordError);
  });
});

it('a copy is the record, and stays when the batch is used again', () => {
  const bytes = encodeRecord('cgroup', { path: 'a/b' });
  const batch = RecordBatch.of(encodeRecord('exit', {}), bytes);
  const copy = view(batch, 1).copyBytes();
  batch.bytes.fill(0xff);
  assert.deepEqual([...copy], [...bytes]);
});

describe('bytes that nobody wrote on purpose', () => {
  const secret = 'neighbour';

  /** Reads all of it between two records full of a secret; only a RecordError may come of it. */
  function read(bytes: Uint8Array): void {
    const neighbour = encodeRecord('cgroup', { path: secret.repeat(40) });
    const batch = RecordBatch.of(neighbour, bytes, neighbour);
    const record = new RecordView(batch);
    try {
      readAll(record, record.moveTo(batch, 1));
    } catch (error) {
      assert.ok(error instanceof RecordError, String(error));
    }
  }

  const kind = fc.constantFrom(...recordKinds);
  const text = fc.constantFrom('', 'passwd/etc', 'a\0b\0', '../x');
  const file = fc.record({
    path: text,
    caller_path: text,
    path_source: fc.nat(3),
    path_flags: fc.nat(63),
  });

  it('is decoded or refused: random bytes', () => {
    const length = fc.constantFrom(0, 1, 151, 152, 160, 168, 256, 344, 376, 400);
    const bytes = length.chain((size) => fc.uint8Array({ minLength: size, maxLength: size }));
    const property = fc.property(kind, bytes, (name, random) => {
      random[0] = recordKinds.indexOf(name);
      random.fill(0, 1, 4);
      read(random);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('is decoded or refused: records that were cut or changed', () => {
    const changes = fc.array(fc.tuple(fc.nat(420), fc.nat(255)), { maxLength: 8 });
    const property = fc.property(file, changes, fc.nat(420), (values, edits, end) => {
      const bytes = encodeRecord('exec', { file: values, script: values, arguments: 'a\0b\0' });
      for (const [at, byte] of edits) if (at > 0 && at < bytes.length) bytes[at] = byte;
      read(bytes.subarray(0, Math.max(end, 100)));
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('gives nothing of the record next to it', () => {
    const refs = fc.tuple(fc.nat(2000), fc.nat(2000));
    const property = fc.property(refs, ([offset, length]) => {
      const bytes = encodeRecord('cgroup', { path: 'x'.repeat(50) });
      new DataView(bytes.buffer).setUint32(cgroupRecordOffsets.path.offset, offset, true);
      new DataView(bytes.buffer).setUint32(cgroupRecordOffsets.path.length, length, true);
      const neighbour = encodeRecord('cgroup', { path: secret.repeat(40) });
      const record = viewOf(bytes, neighbour);
      let path = '';
      try {
        path = readCgroupRecord(record).path;
      } catch (error) {
        assert.ok(error instanceof RecordError);
        assert.ok(offset + length > bytes.length);
        return;
      }
      assert.ok(offset + length <= bytes.length);
      assert.ok(!path.includes(secret));
    });
    fc.assert(property, { numRuns: 300 });
  });
});
