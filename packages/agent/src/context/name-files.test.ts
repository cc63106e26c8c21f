// SPDX-License-Identifier: Apache-2.0
// The real files: those of this machine, through the agent's own root and through a process.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { NodeNameFiles } from './name-files.ts';

const files = new NodeNameFiles();

test('the files of the host are read as bytes, both ways', () => {
  const expected = readFileSync('/etc/passwd', 'latin1');
  assert.equal(files.read({ kind: 'passwd', pid: null }), expected);
  assert.equal(files.read({ kind: 'passwd', pid: process.pid }), expected);
  assert.notEqual(files.findState({ kind: 'group', pid: process.pid }), null);
});

test('what is gone is null', () => {
  assert.equal(files.findState({ kind: 'passwd', pid: 0x7fffffff }), null);
  assert.equal(files.readMountNamespace(0x7fffffff), 0);
});

test('the own namespace is that of the own process', () => {
  assert.notEqual(files.readOwnMountNamespace(), 0);
  assert.equal(files.readOwnMountNamespace(), files.readMountNamespace(process.pid));
});
