// SPDX-License-Identifier: Apache-2.0
// The limit's promise: every match is either an alert or counted in a later one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RateLimit } from './rate-limit.ts';

test('pass: the first match is an alert, at whatever time', () => {
  assert.deepEqual(new RateLimit(1000n).pass(0n), { suppressed: 0 });
  assert.deepEqual(new RateLimit(1000n).pass(123_456n), { suppressed: 0 });
});

test('pass: matches within the period are held back', () => {
  const limit = new RateLimit(1000n);
  limit.pass(5000n);
  assert.equal(limit.pass(5000n), null);
  assert.equal(limit.pass(5999n), null);
  assert.equal(limit.suppressed, 2);
});

test('pass: the period over, the next match tells how many were held back, once', () => {
  const limit = new RateLimit(1000n);
  limit.pass(5000n);
  limit.pass(5500n);
  limit.pass(5999n);
  assert.deepEqual(limit.pass(6000n), { suppressed: 2 });
  assert.equal(limit.suppressed, 0);
  assert.deepEqual(limit.pass(7000n), { suppressed: 0 });
});

test('pass: the period starts anew with each alert, not with what was held back', () => {
  const limit = new RateLimit(1000n);
  limit.pass(0n);
  limit.pass(999n);
  assert.deepEqual(limit.pass(1500n), { suppressed: 1 });
  assert.equal(limit.pass(2499n), null);
  assert.deepEqual(limit.pass(2500n), { suppressed: 1 });
});

test('pass: events of other CPUs that arrive late are held back and counted', () => {
  const limit = new RateLimit(1000n);
  limit.pass(5000n);
  assert.equal(limit.pass(4000n), null);
  assert.deepEqual(limit.pass(6000n), { suppressed: 1 });
});

test('pass: alerts and what they tell add up to the matches, whatever the times', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 1n, max: 1000n }),
      fc.array(fc.bigInt({ min: 0n, max: 5000n })),
      (periodNs, times) => {
        const limit = new RateLimit(periodNs);
        let told = 0;
        let lastNs: bigint | null = null;
        for (const timeNs of times) {
          const passage = limit.pass(timeNs);
          if (passage === null) continue;
          told += 1 + passage.suppressed;
          assert.ok(lastNs === null || timeNs - lastNs >= periodNs);
          lastNs = timeNs;
        }
        assert.equal(told + limit.suppressed, times.length);
      },
    ),
  );
});
