// SPDX-License-Identifier: Apache-2.0
// Text to a file descriptor, written whole before the call returns. A reader that is slow slows the
// agent, the ring fills, and the kernel counts what it had to lose: no queue hides it.

import { writeSync } from 'node:fs';
import { SinkClosed } from './sink.ts';

/** How long to wait when a non-blocking descriptor takes no more. */
const waitMs = 5;
const waiting = new Int32Array(new SharedArrayBuffer(4));

export type WriteAll = (text: string) => void;

/** Gets the errno's name of a failed system call; anything else is a bug and has none. */
function getErrorCode(error: unknown): string {
  const failed = error instanceof Error && 'syscall' in error && 'code' in error;
  return failed ? String(error.code) : '';
}

function describeRefusal(code: string): SinkClosed {
  if (code === 'EPIPE') {
    const advice = 'keep the program that reads the alerts running as long as the agent';
    return new SinkClosed('write alerts: the reader of standard output is gone', advice);
  }
  const advice = 'make room, or send standard output elsewhere';
  return new SinkClosed(`write alerts: standard output takes no more (${code})`, advice);
}

/**
 * Makes a function that writes text to a descriptor.
 * @throws SinkClosed when the reader has closed its end, or the disk is full.
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
        if (code === '') throw error;
        if (code !== 'EAGAIN' && code !== 'EINTR') throw describeRefusal(code);
        Atomics.wait(waiting, 0, 0, waitMs);
      }
    }
  };
}
