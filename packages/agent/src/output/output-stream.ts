// SPDX-License-Identifier: Apache-2.0
// Text to a file descriptor, written whole before the call returns. A reader that is slow slows the
// agent, the ring fills, and the kernel counts what it had to lose: no queue hides it.

import { writeSync } from 'node:fs';
import { SinkClosed } from './sink.ts';

/** How long to wait when a non-blocking descriptor takes no more. */
const waitMs = 5;
const waiting = new Int32Array(new SharedArrayBuffer(4));

export type WriteAll = (text: string) => void;

function getErrorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/**
 * Makes a function that writes text to a descriptor.
 * @throws SinkClosed when the reader has closed its end.
 */
export function createOutputStream(descriptor: number): WriteAll {
  return (text) => {
    const bytes = Buffer.from(text, 'utf8');
    let written = 0;
    while (written < bytes.length) {
      try {
        written += writeSync(descriptor, bytes, written);
      } catch (error) {
        const code = getErrorCode(error);
        if (code === 'EPIPE') throw new SinkClosed('the reader of standard output is gone');
        if (code !== 'EAGAIN' && code !== 'EINTR') throw error;
        Atomics.wait(waiting, 0, 0, waitMs);
      }
    }
  };
}
