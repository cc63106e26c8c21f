// SPDX-License-Identifier: Apache-2.0
// `every`: at most one alert in a period, for each combination of limiter tokens. What is held back
// is counted until the period ends, and then told once. Bounded: beyond, the period of the key that
// was used least recently ends early, and what it held back is told instead of being forgotten.

import { ByRecency } from './by-recency.ts';

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

/** A period that ended with matches held back in it. */
export type ClosedKey = { readonly key: string; readonly suppressed: number };

export type Passage = {
  readonly isHeldBack: boolean;
  /** Periods that the match ended, which are to be told before it. */
  readonly closed: readonly ClosedKey[];
};

type Period = {
  readonly key: string;
  endNs: bigint;
  suppressed: number;
  before: Period | null;
  after: Period | null;
};

const none: readonly ClosedKey[] = [];
const heldBack: Passage = { isHeldBack: true, closed: none };
const told: Passage = { isHeldBack: false, closed: none };

export class RateLimit {
  readonly #periodNs: bigint;
  readonly #keysMax: number;
  readonly #periods = new Map<string, Period>();
  readonly #inOrder = new ByRecency<Period>();
  /** Those that hold something back. */
  readonly #holding = new Set<Period>();
  #soonestNs: bigint | null = null;
  #characters = 0;
  #closedEarlyCount = 0;

  constructor({ periodNs, keysMax = rateLimits.keysMax }: RateLimitOptions) {
    this.#periodNs = periodNs;
    this.#keysMax = keysMax;
  }

  /** Periods that ended early, for want of room. */
  get closedEarlyCount(): number {
    return this.#closedEarlyCount;
  }

  /** Keys that are kept. */
  get size(): number {
    return this.#periods.size;
  }

  /** Asks whether a match may be told. */
  pass(key: string, timeNs: bigint): Passage {
    const period = this.#periods.get(key);
    if (period === undefined) {
      this.#add(key, timeNs + this.#periodNs);
      return this.#isFull() ? { isHeldBack: false, closed: this.#makeRoom() } : told;
    }
    this.#inOrder.use(period);
    if (timeNs < period.endNs) {
      this.#hold(period);
      return heldBack;
    }
    period.endNs = timeNs + this.#periodNs;
    if (period.suppressed === 0) return told;
    return { isHeldBack: false, closed: [this.#takeFrom(period)] };
  }

  /**
   * Takes what was held back in periods that have ended by this time. Telling it begins no period:
   * the next match is told at once, whether or not somebody looked before it came.
   */
  takeClosed(timeNs: bigint | 'all'): readonly ClosedKey[] {
    if (this.#soonestNs === null) return none;
    if (timeNs !== 'all' && timeNs < this.#soonestNs) return none;
    this.#soonestNs = null;
    const closed: ClosedKey[] = [];
    for (const period of this.#holding) {
      if (timeNs === 'all' || period.endNs <= timeNs) closed.push(this.#takeFrom(period));
      else this.#noteEnd(period);
    }
    return closed;
  }

  /** Takes back that the last match under a key was held back. */
  release(key: string): void {
    const period = this.#periods.get(key);
    if (period === undefined || period.suppressed === 0) throw new Error('nothing is held back');
    period.suppressed -= 1;
    if (period.suppressed === 0) this.#holding.delete(period);
  }

  /** Ends the period of a key before its time; gives how many matches it held back. */
  closeEarly(key: string): number {
    const period = this.#periods.get(key);
    return period === undefined ? 0 : this.#giveUp(period).suppressed;
  }

  /** Forgets all keys and what they hold back. */
  reset(): void {
    this.#periods.clear();
    this.#inOrder.clear();
    this.#holding.clear();
    this.#soonestNs = null;
    this.#characters = 0;
    this.#closedEarlyCount = 0;
  }

  #add(key: string, endNs: bigint): void {
    const period: Period = { key, endNs, suppressed: 0, before: null, after: null };
    this.#periods.set(key, period);
    this.#inOrder.add(period);
    this.#characters += key.length;
  }

  #hold(period: Period): void {
    period.suppressed += 1;
    if (period.suppressed > 1) return;
    this.#holding.add(period);
    this.#noteEnd(period);
  }

  #noteEnd({ endNs }: Period): void {
    if (this.#soonestNs === null || endNs < this.#soonestNs) this.#soonestNs = endNs;
  }

  #takeFrom(period: Period): ClosedKey {
    const { key, suppressed } = period;
    period.suppressed = 0;
    this.#holding.delete(period);
    return { key, suppressed };
  }

  #isFull(): boolean {
    const isMany = this.#periods.size > this.#keysMax;
    return isMany || this.#characters > rateLimits.keyCharactersMax;
  }

  #makeRoom(): readonly ClosedKey[] {
    const closed: ClosedKey[] = [];
    while (this.#isFull() && this.#periods.size > 1) {
      const { first } = this.#inOrder;
      if (first === null) throw new Error('keys are kept that stand in no order');
      const given = this.#giveUp(first);
      if (given.suppressed > 0) closed.push(given);
    }
    return closed;
  }

  #giveUp(period: Period): ClosedKey {
    this.#periods.delete(period.key);
    this.#inOrder.remove(period);
    this.#characters -= period.key.length;
    this.#closedEarlyCount += 1;
    return this.#takeFrom(period);
  }
}
