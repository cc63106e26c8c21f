// SPDX-License-Identifier: Apache-2.0
// What each rule costs, from a sample of the events: of those that pass it chooses one in so many,
// at random, and is told what deciding each rule of that event took. It adds up from its start;
// who wants a rate compares two readings. A rule's time is what it took in its place among the
// others: what an earlier rule of the same event has read or decided costs a later one nothing.

import type { EvaluationMeter } from '../4-emit/emitted.ts';

export type MeterParts = {
  readonly ruleCount: number;
  /** A clock in milliseconds with a fine fraction, and chance from 0 up to 1. */
  readonly now: () => number;
  readonly random: () => number;
  /** One event in so many is measured, on average. */
  readonly oneIn: number;
};

export type RuleCost = {
  /** Decisions of the rule in measured events. */
  readonly evaluations: number;
  readonly milliseconds: number;
};

export type MeterReading = {
  /** Events that passed while it was asked, measured or not. */
  readonly events: number;
  readonly measuredEvents: number;
  /** What asking the index took in measured events. */
  readonly indexMilliseconds: number;
  /** What one look at the clock costs; already taken off every time. */
  readonly clockMilliseconds: number;
  /** By the index of the rule. */
  readonly rules: readonly RuleCost[];
};

const calibrationLooks = 2000;

/** What taking the time adds to a time: the clock is looked at twice, and one look is within. */
function measureClock(now: () => number): number {
  const start = now();
  for (let look = 0; look < calibrationLooks; look += 1) now();
  return (now() - start) / calibrationLooks;
}

export class RuleMeter implements EvaluationMeter {
  readonly now: () => number;
  readonly #random: () => number;
  readonly #oneIn: number;
  readonly #clockMs: number;
  readonly #evaluations: Float64Array;
  readonly #ruleMs: Float64Array;
  #events = 0;
  #measuredEvents = 0;
  #indexMs = 0;
  #untilNext = 1;

  constructor({ ruleCount, now, random, oneIn }: MeterParts) {
    this.now = now;
    this.#random = random;
    this.#oneIn = oneIn;
    this.#evaluations = new Float64Array(ruleCount);
    this.#ruleMs = new Float64Array(ruleCount);
    measureClock(now);
    this.#clockMs = measureClock(now);
  }

  /** Counts an event; true when it is one to measure. */
  isDue(): boolean {
    this.#events += 1;
    this.#untilNext -= 1;
    if (this.#untilNext > 0) return false;
    // Events come in patterns (open, close, open, …); a fixed step could meet only one of them.
    this.#untilNext = 1 + Math.floor(this.#random() * (2 * this.#oneIn - 1));
    this.#measuredEvents += 1;
    return true;
  }

  /**
   * Makes a meter for other rules, which goes on with what this one has. `origins` are, by the
   * index of a rule, the indexes here of those that they are the same as.
   */
  continueFor(origins: readonly (number | undefined)[]): RuleMeter {
    const { now } = this;
    const ruleCount = origins.length;
    const next = new RuleMeter({ ruleCount, now, random: this.#random, oneIn: this.#oneIn });
    next.#events = this.#events;
    next.#measuredEvents = this.#measuredEvents;
    next.#indexMs = this.#indexMs;
    origins.forEach((origin, index) => {
      if (origin === undefined) return;
      next.#evaluations[index] = this.#evaluations[origin] ?? 0;
      next.#ruleMs[index] = this.#ruleMs[origin] ?? 0;
    });
    return next;
  }

  addQuestions(elapsedMs: number): void {
    this.#indexMs += Math.max(0, elapsedMs - this.#clockMs);
  }

  addRule(ruleIndex: number, elapsedMs: number): void {
    this.#evaluations[ruleIndex] = (this.#evaluations[ruleIndex] ?? 0) + 1;
    this.#ruleMs[ruleIndex] =
      (this.#ruleMs[ruleIndex] ?? 0) + Math.max(0, elapsedMs - this.#clockMs);
  }

  read(): MeterReading {
    return {
      events: this.#events,
      measuredEvents: this.#measuredEvents,
      indexMilliseconds: this.#indexMs,
      clockMilliseconds: this.#clockMs,
      rules: Array.from(this.#evaluations, (evaluations, index) => ({
        evaluations,
        milliseconds: this.#ruleMs[index] ?? 0,
      })),
    };
  }
}
