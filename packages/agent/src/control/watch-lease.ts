// SPDX-License-Identifier: Apache-2.0
// Something that costs, and so is on only while somebody watches: each look keeps it on for some
// time more. Who stops looking, however that comes, has it off soon after.

export type LeaseParts = {
  readonly start: () => void;
  readonly end: () => void;
  /** A clock that never goes back. */
  readonly nowMs?: () => number;
};

export class WatchLease {
  readonly #parts: LeaseParts;
  readonly #nowMs: () => number;
  #timer: NodeJS.Timeout | null = null;
  #startedMs = 0;
  #endsMs = 0;
  #pastMs = 0;

  constructor(parts: LeaseParts) {
    this.#parts = parts;
    this.#nowMs = parts.nowMs ?? (() => performance.now());
  }

  get isOn(): boolean {
    return this.#timer !== null;
  }

  /** For how long it was on, in all. */
  get onMs(): number {
    return this.#pastMs + (this.isOn ? this.#nowMs() - this.#startedMs : 0);
  }

  /** Keeps it on for this long from now, or for longer where that was asked for. */
  renew(forMs: number): void {
    this.#endsMs = Math.max(this.#endsMs, this.#nowMs() + forMs);
    if (this.#timer !== null) return;
    this.#startedMs = this.#nowMs();
    this.#wait();
    this.#parts.start();
  }

  /** Ends it now; repeating it changes nothing. */
  close(): void {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#pastMs += this.#nowMs() - this.#startedMs;
    this.#endsMs = 0;
    this.#parts.end();
  }

  #wait(): void {
    const leftMs = Math.max(1, this.#endsMs - this.#nowMs());
    this.#timer = setTimeout(() => this.#look(), leftMs);
    this.#timer.unref();
  }

  #look(): void {
    if (this.#nowMs() < this.#endsMs) this.#wait();
    else this.close();
  }
}
