// SPDX-License-Identifier: Apache-2.0
// A BPF ring buffer, read in batches: one call copies as many committed records as fit and says
// where each one is. What was not copied stays in the ring, so a small buffer loses nothing.

import type { RawRing } from './native-addon.ts';
import { errnoName, ProbeError } from './probe-error.ts';

export class BpfRing {
  readonly name: string;
  /** Bytes of the ring as the kernel made it: a power of two, at least one page. */
  readonly sizeBytes: number;
  readonly #raw: RawRing;
  readonly #onClose: () => void;
  #closed = false;

  constructor(raw: RawRing, facts: { name: string; sizeBytes: number; onClose: () => void }) {
    this.#raw = raw;
    this.name = facts.name;
    this.sizeBytes = facts.sizeBytes;
    this.#onClose = facts.onClose;
  }

  /**
   * Reads committed records into `buffer` and returns how many; never blocks. Record `i` starts at
   * `index[2 * i]`, a multiple of 8, and is `index[2 * i + 1]` bytes long. Throws
   * `record_too_large` when the next record is longer than the whole buffer.
   */
  read(buffer: Uint8Array, index: Uint32Array): number {
    this.#assertOpen('read');
    if (index.length < 2) {
      throw new ProbeError({
        code: 'wrong_argument',
        what: `read ring "${this.name}": the index has no room for one record`,
        advice: 'pass two elements for each record of a batch',
      });
    }
    const count = this.#raw.read(buffer, index);
    if (count >= 0) return count;
    throw new ProbeError({
      code: 'record_too_large',
      what: `read ring "${this.name}": a record of ${-count} bytes, a buffer of ${buffer.length}`,
      advice: 'pass a buffer that holds the largest record',
    });
  }

  /** Gets the bytes that wait, with headers, uncommitted and discarded records. */
  pending(): number {
    this.#assertOpen('ask');
    return this.#raw.pending();
  }

  /** Gets the bytes that were ever read, with headers: only differences mean something. */
  consumed(): number {
    this.#assertOpen('ask');
    return this.#raw.consumed();
  }

  /**
   * Calls `callback` once per turn of the event loop while records wait; `null` stops that. It
   * keeps the process alive unless `unref()` was called.
   */
  onReadable(callback: (() => void) | null): void {
    this.#assertOpen('watch');
    const errno = this.#raw.onReadable(
      callback === null
        ? null
        : (status) => {
            if (status !== 0) throw this.#refused('watch', status);
            callback();
          },
    );
    if (errno !== 0) throw this.#refused('watch', errno);
  }

  /** Lets a watched ring keep the process alive; that is how it starts. */
  ref(): this {
    this.#assertOpen('ref');
    this.#raw.setReferenced(true);
    return this;
  }

  /** Lets the process end although the ring is watched. */
  unref(): this {
    this.#assertOpen('unref');
    this.#raw.setReferenced(false);
    return this;
  }

  /** Stops watching and lets go of the ring; no callback follows. Repeating it changes nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#raw.close();
    this.#onClose();
  }

  #refused(verb: string, errno: number): ProbeError {
    return new ProbeError({
      code: 'ring_refused',
      errno,
      what: `${verb} ring "${this.name}": ${errnoName(errno)}`,
      advice: 'close it and open it again',
    });
  }

  #assertOpen(verb: string): void {
    if (!this.#closed) return;
    throw new ProbeError({
      code: 'closed',
      what: `${verb} ring "${this.name}": it is closed`,
      advice: 'open it again with ring()',
    });
  }
}
