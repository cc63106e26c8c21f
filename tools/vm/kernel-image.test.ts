// SPDX-License-Identifier: Apache-2.0
// Taking a kernel out of a boot image that is built here as the boot protocol describes it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { extractKernel, unpackKernelFile } from './kernel-image.ts';

const elf = Buffer.concat([Buffer.from('7f454c46', 'hex'), Buffer.from('the kernel')]);

function buildImage(packed: Buffer): Buffer {
  const setupSectors = 3;
  const gap = 100;
  const start = (setupSectors + 1) * 512 + gap;
  const image = Buffer.alloc(start + packed.length + 4 + 50, 0xaa);
  image.writeUInt8(setupSectors, 0x1f1);
  image.write('HdrS', 0x202, 'latin1');
  image.writeUInt32LE(gap, 0x248);
  image.writeUInt32LE(packed.length + 4, 0x24c);
  packed.copy(image, start);
  return image;
}

test('extractKernel unpacks the payload of a boot image', () => {
  assert.deepEqual(extractKernel(buildImage(zstdCompressSync(elf))), elf);
  assert.deepEqual(extractKernel(buildImage(gzipSync(elf))), elf);
});

test('extractKernel refuses what is no boot image or holds no kernel', () => {
  assert.equal(extractKernel(elf), undefined);
  assert.equal(extractKernel(buildImage(zstdCompressSync(Buffer.from('no kernel')))), undefined);
  assert.equal(extractKernel(buildImage(Buffer.from('packed in an unknown way'))), undefined);
  const cut = buildImage(gzipSync(elf)).subarray(0, 2160);
  assert.equal(extractKernel(cut), undefined);
});

test('unpackKernelFile leaves alone what is not packed', () => {
  assert.deepEqual(unpackKernelFile(elf), elf);
});
