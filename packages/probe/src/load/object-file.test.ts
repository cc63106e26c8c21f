// SPDX-License-Identifier: Apache-2.0
// Where objects are, and what is said when one is not there.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getObjectPath, readObjectFile } from './object-file.ts';

test('the object that set-up built can be read', () => {
  const read = readObjectFile(getObjectPath());
  assert.ok(read.ok);
  assert.equal(Buffer.from(read.value.subarray(0, 4)).toString('latin1'), '\x7fELF');
});

test('the environment may name another build', () => {
  const before = process.env.FIMBUL_BPF_DIRECTORY;
  process.env.FIMBUL_BPF_DIRECTORY = '/other';
  try {
    assert.equal(getObjectPath(), '/other/fimbul.bpf.o');
  } finally {
    if (before === undefined) delete process.env.FIMBUL_BPF_DIRECTORY;
    else process.env.FIMBUL_BPF_DIRECTORY = before;
  }
});

test('an object that is not there is refused with its path and what to do', () => {
  const read = readObjectFile('/nowhere/x.bpf.o');
  assert.ok(!read.ok);
  assert.equal(read.error.code, 'object_invalid');
  assert.match(read.error.what, /^read the BPF object \/nowhere\/x\.bpf\.o: ENOENT/);
  assert.match(read.error.advice, /npm run setup/);
});
