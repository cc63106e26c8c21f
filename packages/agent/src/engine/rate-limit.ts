// SPDX-License-Identifier: Apache-2.0
// `every`: at most one alert of a rule in a period. What is held back is counted, and the next
// alert of the rule tells how much it was; nothing is dropped without a number.

export type Passage = {
  /** Matches held back since the last alert of the rule. */
  readonly suppressed: number;
};

export class RateLimit {
  readonly #periodNs: bigint;
  #nextNs: bigint | null = null;
  #suppressed = 0;

  constructor(periodNs: bigint) {
    this.#periodNs = periodNs;
  }

  /** Matches held back since the last alert. */
  get suppressed(): number {
    return this.#suppressed;
  }

  /** Asks for an alert at a time of CLOCK_BOOTTIME; null when the match is held back. */
  pass(timestampNs: bigint): Passage | null {
    if (this.#nextNs !== null && timestampNs < this.#nextNs) {
      this.#suppressed += 1;
      return null;
    }
    const passage = { suppressed: this.#suppressed };
    this.#nextNs = timestampNs + this.#periodNs;
    this.#suppressed = 0;
    return passage;
  }
}
