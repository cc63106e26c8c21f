// SPDX-License-Identifier: Apache-2.0
// The groups of this machine, as far as it has any: whoever runs a test is in one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CgroupMembers } from './cgroup-members.ts';
import { NodeProcSource } from './node-proc-source.ts';
import { chooseCgroup } from './proc-cgroup.ts';
import { readProcFile } from './proc-files.ts';

test('a group lists the processes in it, and those of the groups below', () => {
  const own = chooseCgroup(readProcFile('/proc/self/cgroup') ?? '');
  assert.ok(own !== null);
  const members = new CgroupMembers();
  assert.ok(members.list(own).includes(process.pid));
  assert.ok(members.list({ ...own, path: '/' }).includes(process.pid));
  const read = new NodeProcSource().readProcess(process.pid);
  assert.equal(read?.process.cgroup?.path, own.path);
});

test('what is no group, or out of sight, has no processes', () => {
  const members = new CgroupMembers();
  assert.deepEqual(members.list({ hierarchy: 0, path: '/no/such/group' }), []);
  assert.deepEqual(members.list({ hierarchy: 0, path: '/../elsewhere' }), []);
  assert.deepEqual(members.list({ hierarchy: 9999, path: '/' }), []);
});
