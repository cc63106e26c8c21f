// SPDX-License-Identifier: Apache-2.0
// Encoded records, byte by byte.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeRecord, getRecordSpec } from './encode-record.ts';
import { recordKinds } from './enums.ts';
import { computeLayout } from './layout.ts';
import { cgroupRecordOffsets, exitRecordOffsets, recordHeaderOffsets } from './offsets.gen.ts';

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

test('a record without values is its kind, its length and zeros', () => {
  for (const [number, kind] of recordKinds.entries()) {
    const record = encodeRecord(kind, {});
    assert.equal(record.length, computeLayout(getRecordSpec(kind)).size);
    assert.equal(view(record).getUint32(recordHeaderOffsets.kind, true), number);
    assert.equal(view(record).getUint32(recordHeaderOffsets.length, true), record.length);
    const kindAndLength = 8;
    assert.ok(record.subarray(kindAndLength).every((byte) => byte === 0));
  }
});

test('members stand where the offsets say, little-endian', () => {
  const record = encodeRecord('exit', {
    header: { timestamp_ns: 0x0102030405060708n, process: { pid: 0xfffffffe, comm: 'sh' } },
    status: 0x0b00,
  });
  assert.equal(
    view(record).getBigUint64(recordHeaderOffsets.timestampNs, true),
    0x0102030405060708n,
  );
  assert.equal(record[recordHeaderOffsets.timestampNs], 8);
  assert.equal(view(record).getUint32(recordHeaderOffsets.process.pid, true), 0xfffffffe);
  assert.equal(view(record).getUint32(exitRecordOffsets.status, true), 0x0b00);
  const comm = recordHeaderOffsets.process.comm;
  assert.deepEqual([...record.subarray(comm, comm + 3)], [0x73, 0x68, 0]);
});

test('texts follow the fixed part and are referred to', () => {
  const record = encodeRecord('cgroup', { path: 'b/\xff' });
  const { size, path } = cgroupRecordOffsets;
  assert.equal(view(record).getUint32(path.offset, true), size);
  assert.equal(view(record).getUint32(path.length, true), 3);
  assert.deepEqual([...record.subarray(size)], [0x62, 0x2f, 0xff]);
});

test('a member that does not exist or does not fit is refused', () => {
  assert.throws(() => encodeRecord('exit', { state: 1 }), /exit_record has no member state/);
  assert.throws(() => encodeRecord('exit', { status: 'ended' }), /member status does not take/);
  const comm = 'seventeen bytes !';
  assert.throws(() => encodeRecord('exit', { header: { process: { comm } } }), /member comm/);
});
