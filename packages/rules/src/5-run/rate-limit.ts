// SPDX-License-Identifier: Apache-2.0
// `every`: at most one alert in a period, for each combination of limiter tokens. What is held back
// is counted until the period ends, and then told once. Bounded: beyond, the key that was used
// least recently is given up, and what it held back is told at once instead of being forgotten.

export const rateLimits = {
  /** Keys of one rule that are kept. */
  keysMax: 4096,
  /** Characters of all of them. */
  keyCharactersMax: 4 * 1024 * 1024,
} as const;

export type RateLimitOptions = {
  readonly periodNs: bigint;
  /** Differs from the limit above in tests only. */
  readonly keysMax?: number;
};

export type Passage = {
  /** Matches held back since the last alert under the key. */
  readonly suppressed: number;
};

export type ClosedKey = { readonly key: string; readonly suppressed: number };

type Period = { endNs: bigint; suppressed: number };

export class RateLimit {
  readonly #periodNs: bigint;
  readonly #keysMax: number;
  /** Least recently used first. */
  readonly #periods = new Map<string, Period>();
  /** Those that hold something back. */
  readonly #holding = new Map<string, Period>();
  /** What keys that were given up held back. */
  readonly #givenUp = new Map<string, number>();
  #soonestNs: bigint | null = null;
  #characters = 0;
  #givenUpCount = 0;

  constructor({ periodNs, keysMax = rateLimits.keysMax }: RateLimitOptions) {
    this.#periodNs = periodNs;
    this.#keysMax = keysMax;
  }

  /** Keys that were given up because there were too many. */
  get givenUpCount(): number {
    return this.#givenUpCount;
  }

  /** Keys that are kept. */
  get size(): number {
    return this.#periods.size;
  }

  /** Asks for an alert; null when the match is held back. */
  pass(key: string, timeNs: bigint): Passage | null {
    const period = this.#use(key);
    if (timeNs < period.endNs) {
      period.suppressed += 1;
      this.#holding.set(key, period);
      if (this.#soonestNs === null || period.endNs < this.#soonestNs) {
        this.#soonestNs = period.endNs;
      }
      return null;
    }
    const { suppressed } = period;
    this.#begin(key, period, timeNs);
    return { suppressed };
  }

  /**
   * Takes what was held back in periods that have ended by this time. Telling it begins no period:
   * the next match is told at once, whether or not somebody looked before it came.
   */
  takeClosed(timeNs: bigint | 'all'): readonly ClosedKey[] {
    if (this.#givenUp.size === 0 && !this.#isDue(timeNs)) return [];
    const closed = Array.from(this.#givenUp, ([key, suppressed]) => ({ key, suppressed }));
    this.#givenUp.clear();
    if (!this.#isDue(timeNs)) return closed;
    this.#soonestNs = null;
    for (const [key, period] of this.#holding) {
      const { endNs, suppressed } = period;
      if (timeNs === 'all' || endNs <= timeNs) {
        closed.push({ key, suppressed });
        period.suppressed = 0;
        this.#holding.delete(key);
      } else if (this.#soonestNs === null || endNs < this.#soonestNs) {
        this.#soonestNs = endNs;
      }
    }
    return closed;
  }

  /** Forgets all keys and what they hold back. */
  reset(): void {
    this.#periods.clear();
    this.#holding.clear();
    this.#givenUp.clear();
    this.#soonestNs = null;
    this.#characters = 0;
    this.#givenUpCount = 0;
  }

  #isDue(timeNs: bigint | 'all'): boolean {
    if (this.#soonestNs === null) return false;
    return timeNs === 'all' || this.#soonestNs <= timeNs;
  }

  #begin(key: string, period: Period, timeNs: bigint): void {
    period.endNs = timeNs + this.#periodNs;
    period.suppressed = 0;
    this.#holding.delete(key);
  }

  /** Gets the period of a key, which is now the one that was used last. */
  #use(key: string): Period {
    const known = this.#periods.get(key);
    if (known !== undefined) {
      // The only key has nothing to be moved behind.
      if (this.#periods.size > 1) {
        this.#periods.delete(key);
        this.#periods.set(key, known);
      }
      return known;
    }
    // What it held back before it was given up is told with the alert that it now gives.
    const period = { endNs: -(2n ** 64n), suppressed: this.#givenUp.get(key) ?? 0 };
    this.#givenUp.delete(key);
    this.#periods.set(key, period);
    this.#characters += key.length;
    this.#giveUpOld();
    return period;
  }

  #giveUpOld(): void {
    for (const [key, { suppressed }] of this.#periods) {
      const isFull =
        this.#periods.size > this.#keysMax || this.#characters > rateLimits.keyCharactersMax;
      if (!isFull || this.#periods.size === 1) return;
      this.#periods.delete(key);
      this.#holding.delete(key);
      this.#characters -= key.length;
      this.#givenUpCount += 1;
      if (suppressed > 0) this.#givenUp.set(key, suppressed);
    }
  }
}
