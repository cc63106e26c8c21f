// SPDX-License-Identifier: Apache-2.0
// The bytes of an initramfs archive.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packCpio } from './cpio.ts';

function readField(archive: Buffer, at: number, index: number): number {
  return Number.parseInt(archive.toString('latin1', at + 6 + 8 * index, at + 14 + 8 * index), 16);
}

test('packCpio aligns headers and contents and ends with the trailer', () => {
  const archive = packCpio([
    { kind: 'directory', path: 'bin' },
    { kind: 'file', path: 'bin/init', mode: 0o755, bytes: Buffer.from('hello') },
  ]);
  assert.equal(archive.length % 4, 0);
  assert.equal(readField(archive, 0, 1), 0o040755);
  const second = archive.indexOf('070701', 6);
  assert.equal(second % 4, 0);
  assert.equal(readField(archive, second, 1), 0o100755);
  assert.equal(readField(archive, second, 6), 5);
  const contents = archive.indexOf('hello');
  assert.equal(contents % 4, 0);
  assert.equal(archive.toString('latin1', second + 110, second + 119), 'bin/init\0');
  assert.ok(archive.subarray(contents).includes('TRAILER!!!\0'));
});

test('packCpio gives the same bytes for the same contents', () => {
  const entry = { kind: 'file', path: 'a', mode: 0o644, bytes: Buffer.from('x') } as const;
  assert.deepEqual(packCpio([entry]), packCpio([entry]));
});
