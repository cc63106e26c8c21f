// SPDX-License-Identifier: Apache-2.0
// Records about processes: who, and what became of them. Every value differs from every other, so
// that no two members can be taken for each other.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeRecord, pathSources, type RecordKind, type StructValues } from '@fimbul/schema';
import { readProcessFacts } from './process-facts.ts';
import {
  readCgroupRecord,
  readExecRecord,
  readExitRecord,
  readForkRecord,
} from './process-records.ts';
import { RecordBatch } from './record-batch.ts';
import { RecordView } from './record-view.ts';

const fromKernel = pathSources.indexOf('kernel');

function view(kind: RecordKind, values: StructValues): RecordView {
  const batch = RecordBatch.of(encodeRecord(kind, values));
  const record = new RecordView(batch);
  record.moveTo(batch, 0);
  return record;
}

const processValues = {
  start_time_ns: 2n ** 63n + 5n,
  cap_effective: 2n ** 40n,
  cap_permitted: 2n ** 41n - 1n,
  cgroup_id: 2n ** 35n,
  cgroup_hierarchy: 3,
  pid: 101,
  tid: 102,
  ppid: 103,
  uid: 104,
  gid: 105,
  euid: 106,
  egid: 107,
  fsuid: 108,
  fsgid: 109,
  auid: 0xffffffff,
  mount_namespace: 0xf0000001,
  network_namespace: 0xf0000002,
  pid_namespace: 0xf0000003,
  is_kernel_thread: 0,
  comm: 'bash',
};

const processFacts = {
  pid: 101,
  tid: 102,
  ppid: 103,
  startTimeNs: 2n ** 63n + 5n,
  uid: 104,
  gid: 105,
  euid: 106,
  egid: 107,
  fsuid: 108,
  fsgid: 109,
  auid: 0xffffffff,
  capEffective: 2n ** 40n,
  capPermitted: 2n ** 41n - 1n,
  mountNamespace: 0xf0000001,
  networkNamespace: 0xf0000002,
  pidNamespace: 0xf0000003,
  cgroupId: 2n ** 35n,
  cgroupHierarchy: 3,
  isKernelThread: false,
  comm: 'bash',
};

const header = { timestamp_ns: 2n ** 50n, process: processValues };
const shared = { timestampNs: 2n ** 50n, process: processFacts };

describe('readProcessFacts', () => {
  it('copies each fact from its own place', () => {
    assert.deepEqual(readProcessFacts(view('open', { header })), processFacts);
  });

  it('tells threads of the kernel', () => {
    const process = { ...processValues, is_kernel_thread: 1 };
    assert.equal(readProcessFacts(view('open', { header: { process } })).isKernelThread, true);
  });
});

describe('readForkRecord', () => {
  it('tells the child and its creator', () => {
    const record = view('fork', { header, creator_pid: 7, creator_start_time_ns: 2n ** 60n });
    assert.deepEqual(readForkRecord(record), {
      kind: 'fork',
      ...shared,
      creatorPid: 7,
      creatorStartTimeNs: 2n ** 60n,
    });
  });
});

describe('readExitRecord', () => {
  it('tells the status as wait does', () => {
    const record = view('exit', { header, status: 0x8b });
    assert.deepEqual(readExitRecord(record), { kind: 'exit', ...shared, status: 0x8b });
  });
});

describe('readCgroupRecord', () => {
  it('turns the path around', () => {
    const record = view('cgroup', { header, path: 'ssh.service/system.slice' });
    const path = '/system.slice/ssh.service';
    assert.deepEqual(readCgroupRecord(record), { kind: 'cgroup', ...shared, path });
  });

  it('has a slash for the root group', () => {
    assert.equal(readCgroupRecord(view('cgroup', { header })).path, '/');
  });
});

describe('readExecRecord', () => {
  const image = { path_source: fromKernel, path: 'bash/bin', inode: 1n };
  const script = { path_source: fromKernel, path: 'run.sh/srv', inode: 2n };

  it('tells the image, the arguments and the terminal', () => {
    const record = view('exec', { header, file: image, arguments: 'bash\0-l\0', tty: 'pts0' });
    const { file, ...rest } = readExecRecord(record);
    assert.equal(file.path, '/bin/bash');
    assert.equal(file.inode, 1n);
    assert.deepEqual(rest, {
      kind: 'exec',
      ...shared,
      script: null,
      argv: ['bash', '-l'],
      argumentsTruncated: false,
      terminal: 'pts0',
    });
  });

  it('tells a script beside its interpreter', () => {
    const exec = readExecRecord(view('exec', { header, file: image, script }));
    assert.equal(exec.file.path, '/bin/bash');
    assert.equal(exec.script?.path, '/srv/run.sh');
    assert.equal(exec.script?.inode, 2n);
  });

  const cases: readonly (readonly [text: string, argv: readonly string[], why: string])[] = [
    ['', [], 'none'],
    ['\0', [''], 'one that is empty'],
    ['\0\0', ['', ''], 'two that are empty'],
    ['a\0\0b\0', ['a', '', 'b'], 'an empty one between others'],
    ['a\0\0', ['a', ''], 'an empty one at the end'],
    ['a\0bc', ['a', 'bc'], 'a last one that was cut'],
    ['a b\0', ['a b'], 'one with a space'],
    ['\xff\x80\0', ['\xff\x80'], 'bytes that are no text'],
  ];
  for (const [text, argv, why] of cases) {
    it(`splits arguments: ${why}`, () => {
      const record = view('exec', { header, arguments: text });
      assert.deepEqual(readExecRecord(record).argv, argv);
    });
  }

  it('marks arguments that were cut', () => {
    const record = view('exec', { header, arguments: 'a', arguments_truncated: 1 });
    assert.equal(readExecRecord(record).argumentsTruncated, true);
  });
});
