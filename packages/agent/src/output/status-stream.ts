// SPDX-License-Identifier: Apache-2.0
// What a program says about itself, to standard error. If nobody reads that, memory stays bounded
// and the program goes on and ends all the same: messages are left out then, and counted.

import {
  endPatience,
  getErrorCode,
  openWithoutBlocking,
  type Patience,
  WriteQueue,
} from './write-queue.ts';

const standardError = 2;
/** Beyond this, messages are left out. */
const charactersMax = 1024 * 1024;
/** Between two attempts while the reader takes nothing. */
const retryMs = 50;

/** Writes whole lines about the run itself; false when they had to be left out. */
export type WriteStatus = (text: string) => boolean;

export class StatusStream {
  readonly #queue: WriteQueue;
  #timer: NodeJS.Timeout | null = null;
  #leftOut = 0;
  #isClosed = false;

  constructor(descriptor: number = openWithoutBlocking(standardError)) {
    this.#queue = new WriteQueue(descriptor);
  }

  /** Never waits, and never throws for what the reader does. */
  readonly write: WriteStatus = (text) => {
    if (this.#isClosed) return false;
    if (this.#queue.characters > charactersMax) this.#flush();
    if (this.#queue.characters > charactersMax) {
      this.#leftOut += 1;
      return false;
    }
    this.#tellLeftOut();
    this.#queue.push(text);
    this.#flush();
    return true;
  };

  /** Writes what is left, and waits some seconds for a reader that does not read. */
  end(patience: Patience = endPatience): void {
    this.#stopTimer();
    if (this.#isClosed) return;
    this.#tellLeftOut();
    this.#hand(() => this.#queue.flushWithin(patience));
  }

  #tellLeftOut(): void {
    if (this.#leftOut === 0) return;
    const count = this.#leftOut === 1 ? '1 message was' : `${this.#leftOut} messages were`;
    this.#queue.push(`fimbul: standard error was not read: ${count} left out\n`);
    this.#leftOut = 0;
  }

  #flush(): void {
    this.#stopTimer();
    if (this.#hand(() => this.#queue.flush())) return;
    this.#timer = setTimeout(() => this.#flush(), retryMs);
    // What is still to be said keeps no program running; its end says it.
    this.#timer.unref();
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** A reader that has gone away is no reason to stop. */
  #hand(work: () => boolean): boolean {
    try {
      return work();
    } catch (error) {
      if (getErrorCode(error) === '') throw error;
      this.#isClosed = true;
      this.#queue.clear();
      return true;
    }
  }
}
