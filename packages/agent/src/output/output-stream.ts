// SPDX-License-Identifier: Apache-2.0
// Documents to a file descriptor, in pieces. A reader that is slow slows the agent, the ring fills,
// and the kernel counts what it had to lose: no queue hides it. At the end of a run we wait for the
// reader some seconds, and count what it did not take.

import { SinkClosed } from './sink.ts';
import { endPatience, getErrorCode, type Patience, WriteQueue } from './write-queue.ts';

/** Written out when this much has gathered, even within a batch. */
const gatheredCharactersMax = 256 * 1024;
/** While a run ends, documents beyond this wait for the reader. */
const endCharactersMax = 4 * 1024 * 1024;

/** A reader that reads empties a pipe in less; signals and timers can wait for so long. */
const shortPatience: Patience = { stalledMs: 20, totalMs: 200 };
const endless: Patience = {
  stalledMs: Number.POSITIVE_INFINITY,
  totalMs: Number.POSITIVE_INFINITY,
};

/** What sinks write to. */
export type DocumentStream = Pick<OutputStream, 'write' | 'flush'>;

function describeRefusal(code: string): SinkClosed {
  if (code === 'EPIPE') {
    const advice = 'keep the program that reads the alerts running as long as the agent';
    return new SinkClosed('write alerts: the reader of standard output is gone', advice);
  }
  const advice = 'make room, or send standard output elsewhere';
  return new SinkClosed(`write alerts: standard output takes no more (${code})`, advice);
}

export class OutputStream {
  readonly #queue: WriteQueue;
  #mode: 'wait' | 'keep' | 'end' | 'closed';
  readonly #patience: Patience;
  #gathered = 0;
  #unwritten = 0;
  /** Spent on waiting at the end; judging what is left takes its own time. */
  #waitedMs = 0;

  /**
   * `whenFull` says what a flush does that finds the descriptor full: wait for ever, or a moment
   * and keep the rest for the next flush, which needs a descriptor that does not block.
   */
  constructor(descriptor: number, whenFull: 'wait' | 'keep', patience: Patience = endPatience) {
    this.#queue = new WriteQueue(descriptor);
    this.#mode = whenFull;
    this.#patience = patience;
  }

  /** False while documents wait for the reader: there should be no more of them then. */
  get isReady(): boolean {
    return this.#mode === 'closed' || this.#queue.characters === 0;
  }

  /**
   * Takes a whole document.
   * @throws SinkClosed once, when the reader has closed its end, or the disk is full.
   */
  write(document: string): void {
    if (this.#mode === 'closed') {
      this.#unwritten += 1;
      return;
    }
    this.#queue.push(document);
    this.#gathered += document.length;
    if (this.#gathered > gatheredCharactersMax) this.flush();
  }

  /**
   * Hands to the operating system what it takes.
   * @throws SinkClosed once, as `write` does.
   */
  flush(): void {
    this.#gathered = 0;
    this.#hand(() => this.#flushInMode());
  }

  /** From now on waits for the reader where much has gathered, but only some seconds. */
  beginEnd(): void {
    if (this.#mode === 'keep') this.#mode = 'end';
  }

  /**
   * Writes all that is left, but waits only some seconds for a reader that does not read. Returns
   * how many documents of the whole run were not written.
   */
  end(): number {
    this.beginEnd();
    try {
      this.#hand(() => this.#wait());
    } catch (error) {
      // The number says it: nobody has to stop any more.
      if (!(error instanceof SinkClosed)) throw error;
    }
    return this.#unwritten;
  }

  #hand(work: () => void): void {
    if (this.#mode === 'closed') return;
    try {
      work();
    } catch (error) {
      const code = getErrorCode(error);
      if (code === '') throw error;
      this.#close();
      throw describeRefusal(code);
    }
  }

  #flushInMode(): void {
    if (this.#mode === 'wait') this.#queue.flushWithin(endless);
    else if (this.#mode === 'keep') this.#queue.flushWithin(shortPatience);
    else if (!this.#queue.flush() && this.#queue.characters > endCharactersMax) this.#wait();
  }

  /** The end of a run has one patience, however often it has to wait. */
  #wait(): void {
    const startMs = performance.now();
    const totalMs = this.#patience.totalMs - this.#waitedMs;
    if (!this.#queue.flushWithin({ ...this.#patience, totalMs })) this.#close();
    this.#waitedMs += performance.now() - startMs;
  }

  #close(): void {
    this.#mode = 'closed';
    this.#unwritten += this.#queue.clear();
  }
}
