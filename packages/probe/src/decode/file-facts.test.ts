// SPDX-License-Identifier: Apache-2.0
// The facts of a file, and its path from whichever source the record has.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  encodeRecord,
  pathFlags,
  pathSources,
  renameRecordOffsets,
  type StructValues,
} from '@fimbul/schema';
import { readFileFacts, readPath } from './file-facts.ts';
import { RecordBatch } from './record-batch.ts';
import { RecordView } from './record-view.ts';

const { file, destination } = renameRecordOffsets;
const [none, kernel, caller] = pathSources.map((_name, number) => number);

function view(values: StructValues): RecordView {
  const batch = RecordBatch.of(encodeRecord('rename', values));
  const record = new RecordView(batch);
  record.moveTo(batch, 0);
  return record;
}

function pathOf(facts: StructValues): string {
  return readPath(view({ file: facts }), file.at);
}

describe('readPath', () => {
  it('is empty without a source, whatever else stands there', () => {
    assert.equal(pathOf({ path_source: none ?? 0, path: 'a/b', caller_path: 'c' }), '');
  });

  it('takes the components of the kernel and not the string of the caller', () => {
    const facts = { path_source: kernel ?? 0, path: 'passwd/etc', caller_path: 'other' };
    assert.equal(pathOf(facts), '/etc/passwd');
  });

  it('is the root when the kernel names no component', () => {
    assert.equal(pathOf({ path_source: kernel ?? 0 }), '/');
  });

  it('joins the string of the caller to the directory', () => {
    const facts = { path_source: caller ?? 0, path: 'ann/home', caller_path: '../notes' };
    assert.equal(pathOf(facts), '/home/notes');
  });

  it('keeps an absolute string in the root of the process', () => {
    const facts = { path_source: caller ?? 0, path: 'chroot/srv', caller_path: '/../etc' };
    assert.equal(pathOf(facts), '/srv/chroot/etc');
  });

  it('is empty when the string could not be read', () => {
    const flags = pathFlags.UNREADABLE | pathFlags.BASE_UNKNOWN;
    const facts = { path_source: caller ?? 0, path: 'home', caller_path: 'x', path_flags: flags };
    assert.equal(pathOf(facts), '');
  });

  it('starts nowhere when the directory is not known', () => {
    const facts = { path_source: caller ?? 0, path: 'home', path_flags: pathFlags.BASE_UNKNOWN };
    assert.equal(pathOf({ ...facts, caller_path: 'a/../x' }), 'x');
    assert.equal(pathOf({ ...facts, caller_path: '/etc/x' }), '/etc/x');
  });

  it('starts nowhere when its beginning was cut off', () => {
    const facts = { path: 'b/a', path_flags: pathFlags.TRUNCATED };
    assert.equal(pathOf({ ...facts, path_source: kernel ?? 0 }), 'a/b');
    assert.equal(pathOf({ ...facts, path_source: caller ?? 0, caller_path: '../c' }), 'a/c');
  });

  it('takes a source of a newer kernel side for none', () => {
    assert.equal(pathOf({ path_source: pathSources.length, path: 'a' }), '');
  });
});

describe('readFileFacts', () => {
  const values = {
    inode: 2n ** 63n + 1n,
    change_time_ns: -1n,
    modification_time_ns: 1_700_000_000_000_000_001n,
    device: (8 << 20) | 1,
    mount_id: -1,
    uid: 0xfffffffe,
    gid: 4,
    mode: 0o104755,
    link_count: 2,
    path_source: kernel ?? 0,
    path_flags: pathFlags.TRUNCATED | pathFlags.INODE_KNOWN,
    path: 'b/a',
    filesystem: 'ext4',
  };
  const facts = {
    path: 'a/b',
    pathSource: 'kernel',
    pathFlags: 17,
    inode: 2n ** 63n + 1n,
    device: 0x800001,
    mountId: -1,
    mode: 0o104755,
    uid: 0xfffffffe,
    gid: 4,
    changeTimeNs: -1n,
    modificationTimeNs: 1_700_000_000_000_000_001n,
    filesystem: 'ext4',
  };

  it('copies each fact from its own place', () => {
    assert.deepEqual(readFileFacts(view({ file: values }), file.at), facts);
  });

  it('reads the second file of a rename and not the first', () => {
    const record = view({ file: { inode: 1n }, destination: values });
    assert.deepEqual(readFileFacts(record, destination.at), facts);
    assert.equal(readFileFacts(record, file.at).inode, 1n);
    assert.equal(readFileFacts(record, file.at).pathSource, 'none');
  });
});
