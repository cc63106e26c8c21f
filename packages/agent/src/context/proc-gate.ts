// SPDX-License-Identifier: Apache-2.0
// How often /proc may be asked from within the stream of records: once in a while per process, and
// a bounded number of times a second in all, so that a host full of unknown processes slows the
// agent down by a known amount at most.

import { contextLimits } from './limits.ts';

export class ProcGate {
  readonly #nowMs: () => number;
  #windowStartMs = Number.NEGATIVE_INFINITY;
  #passed = 0;
  #refused = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** True when enough time went by since a process was last asked for; null means never. */
  isDue(lastAttemptMs: number | null): boolean {
    if (lastAttemptMs === null) return true;
    return this.#nowMs() - lastAttemptMs >= contextLimits.procAttemptIntervalMs;
  }

  /** Returns the time of the attempt, or null when none may be made within this second. */
  pass(): number | null {
    const nowMs = this.#nowMs();
    if (nowMs - this.#windowStartMs >= 1000) {
      this.#windowStartMs = nowMs;
      this.#passed = 0;
    }
    if (this.#passed >= contextLimits.procAttemptsPerSecondMax) {
      this.#refused += 1;
      return null;
    }
    this.#passed += 1;
    return nowMs;
  }

  /** Attempts that were refused because of their number. */
  get refused(): number {
    return this.#refused;
  }
}
