// SPDX-License-Identifier: Apache-2.0
// What a record tells of the values that the kernel filter has tables for, and what it leaves out.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RecordBatch, RecordView } from '@fimbul/probe';
import {
  encodeRecord,
  type FileOperation,
  getFilesystemNumber,
  pathFlags,
  type StructValues,
} from '@fimbul/schema';
import { makeHeader } from './event-samples.ts';
import { readRecordedValues } from './recorded-values.ts';

const process = { uid: 1, gid: 2, euid: 3, egid: 4, fsuid: 5, fsgid: 6, auid: 7 };
const file = {
  ...{ inode: 9n, mode: 0o100_644, uid: 11, gid: 12 },
  ...{ path_flags: pathFlags.INODE_KNOWN | pathFlags.UPPER_LAYER, filesystem: 'overlay' },
};
const place = { file_layer: 1, file_filesystem: getFilesystemNumber('overlay') };
const ofFile = { file_mode: 0o100_644, file_uid: 11, file_gid: 12, ...place };

function read(operation: FileOperation, values: StructValues) {
  const header = makeHeader(100, process);
  const batch = RecordBatch.of(encodeRecord(operation, { header, ...values }));
  const record = new RecordView(batch);
  record.moveTo(batch, 0);
  return readRecordedValues(record, operation);
}

describe('the values of a record', () => {
  it('are those of the process, the file and the call', () => {
    const values = read('open', { file, flags: 0o2101, mode: 0o600, created: 1 });
    assert.deepEqual(values, { ...process, ...ofFile, flags: 0o2101, mode: 0o600, created: 1 });
    assert.deepEqual(read('unlink', { file, flags: 0x200 }), {
      ...{ ...process, ...ofFile, flags: 0x200 },
    });
  });

  it('are those of both files of a rename', () => {
    const destination = { inode: 8n, mode: 0o100_600, uid: 21, gid: 22, filesystem: 'myfs' };
    assert.deepEqual(read('rename', { file, destination, flags: 2 }), {
      ...{ ...process, ...ofFile, flags: 2 },
      ...{ destination_mode: 0o100_600, destination_uid: 21, destination_gid: 22 },
      ...{ destination_layer: 0, destination_filesystem: 0 },
    });
  });

  it('leave out a file that is not known, since all its facts are zero', () => {
    const unknown = { inode: 0n, mode: 0, uid: 0, gid: 0 };
    assert.deepEqual(read('unlink', { file: unknown, flags: 0 }), { ...process, flags: 0 });
    assert.deepEqual(read('rename', { file, destination: unknown, flags: 0 }), {
      ...{ ...process, ...ofFile, flags: 0 },
    });
  });

  it('have the mode before a chmod only where it was known', () => {
    const known = { file, mode_after: 0o755, mode_before_known: 1 };
    assert.deepEqual(read('chmod', known), { ...process, ...ofFile, mode: 0o755 });
    assert.deepEqual(read('chmod', { ...known, mode_before_known: 0 }), {
      ...{ ...process, mode: 0o755, file_uid: 11, file_gid: 12, ...place },
    });
  });
});
