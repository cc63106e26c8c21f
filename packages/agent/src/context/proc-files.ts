// SPDX-License-Identifier: Apache-2.0
// Reading small files and links of /proc as byte strings. Whatever goes wrong is null: a process
// may end between any two reads, and may be of those that even root must not look into.

import { closeSync, openSync, readlinkSync, readSync } from 'node:fs';
import { contextLimits } from './limits.ts';

const chunk = Buffer.allocUnsafe(65_536);

/** Reads a file whole, or its first bytes; null when it cannot be read. */
export function readProcFile(
  path: string,
  bytesMax: number = contextLimits.procFileBytesMax,
): string | null {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch {
    return null;
  }
  try {
    let text = '';
    while (text.length < bytesMax) {
      const wanted = Math.min(chunk.length, bytesMax - text.length);
      const length = readSync(descriptor, chunk, 0, wanted, null);
      if (length === 0) break;
      text += chunk.toString('latin1', 0, length);
    }
    return text;
  } catch {
    return null;
  } finally {
    closeSync(descriptor);
  }
}

/** Reads a link; null when it cannot be read. */
export function readProcLink(path: string): string | null {
  try {
    return readlinkSync(path, 'latin1');
  } catch {
    return null;
  }
}

/** Reads the number of a namespace; 0 when it cannot be read. */
export function readNamespace(path: string): number {
  const number = /^[a-z]+:\[(\d+)\]$/.exec(readProcLink(path) ?? '')?.[1];
  return number === undefined ? 0 : Number(number);
}

/** A path of bytes in the form that node:fs takes. */
export function toPath(bytes: string): Buffer {
  return Buffer.from(bytes, 'latin1');
}
