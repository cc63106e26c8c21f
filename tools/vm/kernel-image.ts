// SPDX-License-Identifier: Apache-2.0
// Takes the kernel proper out of a bzImage. Unpacking itself takes a guest five seconds under
// emulation; here it takes a fraction of one, once. qemu starts the result through its PVH entry.
//
//   bzImage: boot sector and set-up code | protected-mode code … payload (compressed ELF) …
//   0x1f1 set-up sectors - 1 (u8) · 0x202 "HdrS" · 0x248 payload offset (u32) · 0x24c its length

import { spawnSync } from 'node:child_process';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';

const sectorBytes = 512;
const unpackedBytesMax = 512 * 1024 * 1024;

const magic = {
  elf: Buffer.from('7f454c46', 'hex'),
  xz: Buffer.from('fd377a585a00', 'hex'),
  zstd: Buffer.from('28b52ffd', 'hex'),
  gzip: Buffer.from('1f8b08', 'hex'),
} as const;

/** Returns the ELF image inside a bzImage; nothing when it is packed in a way unknown here. */
export function extractKernel(image: Buffer): Buffer | undefined {
  const payload = findPayload(image);
  if (payload === undefined) return undefined;
  const unpacked = unpackKernelFile(payload);
  return startsWith(unpacked, magic.elf) ? unpacked : undefined;
}

/** Unpacks what xz, zstd or gzip packed; anything else is returned as it is. */
export function unpackKernelFile(bytes: Buffer): Buffer {
  if (startsWith(bytes, magic.xz)) return runXz(bytes);
  if (startsWith(bytes, magic.zstd)) return zstdDecompressSync(bytes);
  if (startsWith(bytes, magic.gzip)) return gunzipSync(bytes);
  return bytes;
}

/** The compressed kernel, less the four bytes behind it that say how long it is unpacked. */
function findPayload(image: Buffer): Buffer | undefined {
  if (image.length < 0x250 || image.toString('latin1', 0x202, 0x206) !== 'HdrS') return undefined;
  const sectors = image.readUInt8(0x1f1);
  const start = ((sectors === 0 ? 4 : sectors) + 1) * sectorBytes + image.readUInt32LE(0x248);
  const end = start + image.readUInt32LE(0x24c) - 4;
  return start < end && end <= image.length ? image.subarray(start, end) : undefined;
}

function startsWith(bytes: Buffer, start: Buffer): boolean {
  return bytes.subarray(0, start.length).equals(start);
}

function runXz(bytes: Buffer): Buffer {
  const result = spawnSync('xz', ['--decompress', '--stdout', '--single-stream'], {
    input: bytes,
    maxBuffer: unpackedBytesMax,
  });
  if (result.error !== undefined) throw result.error;
  if (result.status !== 0) throw new Error(`xz: ${result.stderr.toString('utf8').trim()}`);
  return result.stdout;
}
