// SPDX-License-Identifier: Apache-2.0
// At most one alert in a period, and nothing held back without a number.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RateLimit } from './rate-limit.ts';

test('the first match passes, whatever the time', () => {
  assert.deepEqual(new RateLimit(10n).pass(0n), { suppressed: 0 });
  assert.deepEqual(new RateLimit(10n).pass(2n ** 62n), { suppressed: 0 });
});

test('matches within the period are held back and counted', () => {
  const limit = new RateLimit(10n);
  limit.pass(100n);
  assert.equal(limit.pass(100n), null);
  assert.equal(limit.pass(109n), null);
  assert.equal(limit.suppressed, 2);
});

test('the period ends with its last nanosecond, and starts again with the next alert', () => {
  const limit = new RateLimit(10n);
  limit.pass(100n);
  limit.pass(105n);
  assert.deepEqual(limit.pass(110n), { suppressed: 1 });
  assert.equal(limit.suppressed, 0);
  assert.equal(limit.pass(119n), null);
  assert.deepEqual(limit.pass(120n), { suppressed: 1 });
});

test('records of another CPU may come late', () => {
  const limit = new RateLimit(10n);
  limit.pass(100n);
  assert.equal(limit.pass(90n), null);
});

test('alerts and what they held back are all matches', () => {
  const steps = fc.array(fc.bigInt(0n, 30n));
  const property = fc.property(steps, fc.bigInt(1n, 20n), (gaps, period) => {
    const limit = new RateLimit(period);
    let time = 0n;
    let alerts = 0;
    let told = 0;
    let last: bigint | null = null;
    for (const gap of gaps) {
      time += gap;
      const passage = limit.pass(time);
      if (passage === null) continue;
      assert.ok(last === null || time - last >= period);
      last = time;
      alerts += 1;
      told += passage.suppressed;
    }
    assert.equal(alerts + told + limit.suppressed, gaps.length);
  });
  fc.assert(property);
});
