// SPDX-License-Identifier: Apache-2.0
// Which events are measured, and that what is added up is what was told, without the clock's part.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type MeterParts, RuleMeter } from './rule-meter.ts';

/** A clock that moves on by `step` at every look. */
function makeClock(step: number): () => number {
  let ms = 0;
  return () => {
    ms += step;
    return ms;
  };
}

function makeMeter(changes: Partial<MeterParts> = {}): RuleMeter {
  return new RuleMeter({
    ...{ ruleCount: 3, now: makeClock(0), random: () => 0.5, oneIn: 4 },
    ...changes,
  });
}

function countDue(meter: RuleMeter, events: number): number {
  let due = 0;
  for (let event = 0; event < events; event += 1) if (meter.isDue()) due += 1;
  return due;
}

describe('the choice of events', () => {
  it('takes the first one, so that a rare event is not waited for', () => {
    assert.equal(makeMeter().isDue(), true);
  });

  it('is one in so many on average, whatever chance says', () => {
    const meter = makeMeter({ random: Math.random, oneIn: 16 });
    const due = countDue(meter, 160_000);
    // Ten times the deviation that chance gives.
    assert.ok(Math.abs(due - 10_000) < 600, String(due));
    assert.equal(meter.read().events, 160_000);
    assert.equal(meter.read().measuredEvents, due);
  });

  it('keeps within its bounds at both ends of chance', () => {
    assert.equal(countDue(makeMeter({ random: () => 0 }), 100), 100);
    const almostOne = 1 - Number.EPSILON;
    // Each step is twice four less one.
    assert.equal(countDue(makeMeter({ random: () => almostOne }), 71), 11);
  });

  it('is every event when it is one in one', () => {
    assert.equal(countDue(makeMeter({ oneIn: 1, random: Math.random }), 50), 50);
  });
});

describe('what is added up', () => {
  it('is by rule, and the clock is taken off', () => {
    // The clock moves at each look; so each time that is told has a look of 2 ms in it.
    const meter = makeMeter({ now: makeClock(2) });
    meter.addRule(1, 5);
    meter.addRule(1, 7);
    meter.addRule(2, 1);
    meter.addQuestions(12);
    const { rules, indexMilliseconds, clockMilliseconds } = meter.read();
    assert.ok(Math.abs(clockMilliseconds - 2) < 0.01, String(clockMilliseconds));
    assert.deepEqual(
      rules.map(({ evaluations, milliseconds }) => [evaluations, Math.round(milliseconds)]),
      [
        [0, 0],
        [2, 8],
        [1, 0],
      ],
    );
    assert.equal(Math.round(indexMilliseconds), 10);
  });
});
