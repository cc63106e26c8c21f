// SPDX-License-Identifier: Apache-2.0
// Texts on their way to a descriptor that may take none of them for a while. Nothing here waits
// but `flushWithin`: a write that blocks would keep signals, and the end of the run, from us.

import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';

const { O_NOCTTY, O_NONBLOCK, O_WRONLY } = constants;
/** Texts are joined to pieces of about this size. */
const pieceCharacters = 256 * 1024;
/** Between two attempts while we wait: first, and after many in vain. */
const firstWaitMs = 0.05;
const waitMsMax = 5;
const waiting = new Int32Array(new SharedArrayBuffer(4));

/** How long to wait for a reader: at a stretch in which it takes nothing, and altogether. */
export type Patience = { readonly stalledMs: number; readonly totalMs: number };

/** What the end of a run grants: some seconds, whatever the reader does. */
export const endPatience: Patience = { stalledMs: 5000, totalMs: 60_000 };

/** Gets the errno's name of a failed system call; anything else is a bug and has none. */
export function getErrorCode(error: unknown): string {
  const failed = error instanceof Error && 'syscall' in error && 'code' in error;
  return failed ? String(error.code) : '';
}

/**
 * Gets a descriptor for standard output or error that does not block. A pipe or terminal is opened
 * again, so that others who write to it see no difference.
 */
export function openWithoutBlocking(descriptor: 1 | 2): number {
  const kind = fstatSync(descriptor);
  const isTerminal = isatty(descriptor);
  if (!kind.isFIFO() && !kind.isSocket() && !isTerminal) return descriptor;
  try {
    return openSync(`/proc/self/fd/${descriptor}`, O_WRONLY | O_NONBLOCK | O_NOCTTY);
  } catch {
    // A socket cannot be opened again. Once Node has a stream for it, it does not block.
    void (descriptor === 1 ? process.stdout : process.stderr);
    return descriptor;
  }
}

export class WriteQueue {
  readonly #descriptor: number;
  #texts: string[] = [];
  #characters = 0;
  /** The first `#joined` texts as bytes, of which `#written` are out. */
  #piece: Buffer | null = null;
  #joined = 0;
  #written = 0;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  /** Characters that wait, about. */
  get characters(): number {
    return this.#characters;
  }

  push(text: string): void {
    if (text === '') return;
    this.#texts.push(text);
    this.#characters += text.length;
  }

  /**
   * Writes as much as is taken now; true when nothing is left.
   * @throws the error of a system call other than "not now".
   */
  flush(): boolean {
    while (this.#texts.length > 0) {
      const piece = this.#getPiece();
      const count = this.#writeSome(piece);
      if (count === 0) return false;
      this.#written += count;
      if (this.#written === piece.length) this.#dropPiece();
    }
    return true;
  }

  /** Writes everything, but waits no longer than this; true when nothing is left. */
  flushWithin({ stalledMs, totalMs }: Patience): boolean {
    const startMs = performance.now();
    let progressMs = startMs;
    let written = this.#written;
    let texts = this.#texts.length;
    let waitMs = firstWaitMs;
    while (!this.flush()) {
      const nowMs = performance.now();
      const isProgress = written !== this.#written || texts !== this.#texts.length;
      if (isProgress) progressMs = nowMs;
      waitMs = isProgress ? firstWaitMs : Math.min(2 * waitMs, waitMsMax);
      if (nowMs - progressMs >= stalledMs || nowMs - startMs >= totalMs) return false;
      written = this.#written;
      texts = this.#texts.length;
      Atomics.wait(waiting, 0, 0, waitMs);
    }
    return true;
  }

  /** Forgets all that waits, and returns how many texts were not written whole. */
  clear(): number {
    let whole = 0;
    for (let end = 0; whole < this.#joined; whole += 1) {
      end += Buffer.byteLength(this.#texts[whole] ?? '');
      if (end > this.#written) break;
    }
    const count = this.#texts.length - whole;
    this.#texts = [];
    this.#characters = 0;
    this.#forgetPiece();
    return count;
  }

  #getPiece(): Buffer {
    if (this.#piece !== null) return this.#piece;
    let characters = 0;
    while (this.#joined < this.#texts.length && characters < pieceCharacters) {
      characters += this.#texts[this.#joined]?.length ?? 0;
      this.#joined += 1;
    }
    this.#piece = Buffer.from(this.#texts.slice(0, this.#joined).join(''), 'utf8');
    return this.#piece;
  }

  #dropPiece(): void {
    for (const text of this.#texts.splice(0, this.#joined)) this.#characters -= text.length;
    this.#forgetPiece();
  }

  #forgetPiece(): void {
    this.#piece = null;
    this.#joined = 0;
    this.#written = 0;
  }

  #writeSome(piece: Buffer): number {
    try {
      return writeSync(this.#descriptor, piece, this.#written);
    } catch (error) {
      const code = getErrorCode(error);
      if (code === 'EAGAIN' || code === 'EINTR') return 0;
      throw error;
    }
  }
}
