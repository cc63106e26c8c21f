// SPDX-License-Identifier: Apache-2.0
// At most one alert in a period, and nothing held back that is not told.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RateLimit } from './rate-limit.ts';

describe('pass', () => {
  it('lets the first match pass, whatever the time', () => {
    for (const time of [0n, 2n ** 62n]) {
      assert.deepEqual(new RateLimit({ periodNs: 10n }).pass('', time), { suppressed: 0 });
    }
  });

  it('holds matches back until the last nanosecond of the period', () => {
    const limit = new RateLimit({ periodNs: 10n });
    limit.pass('', 100n);
    assert.equal(limit.pass('', 100n), null);
    assert.equal(limit.pass('', 109n), null);
    assert.deepEqual(limit.pass('', 110n), { suppressed: 2 });
    assert.equal(limit.pass('', 119n), null);
    assert.deepEqual(limit.pass('', 120n), { suppressed: 1 });
  });

  it('holds back what comes late from another CPU', () => {
    const limit = new RateLimit({ periodNs: 10n });
    limit.pass('', 100n);
    assert.equal(limit.pass('', 90n), null);
  });

  it('gives each key periods of its own', () => {
    const limit = new RateLimit({ periodNs: 10n });
    limit.pass('a', 100n);
    assert.deepEqual(limit.pass('b', 105n), { suppressed: 0 });
    assert.equal(limit.pass('a', 105n), null);
    assert.equal(limit.pass('b', 112n), null);
    assert.deepEqual(limit.pass('a', 112n), { suppressed: 1 });
  });
});

describe('takeClosed', () => {
  it('gives what was held back in periods that are over, once', () => {
    const limit = new RateLimit({ periodNs: 10n });
    limit.pass('a', 100n);
    limit.pass('a', 101n);
    limit.pass('b', 105n);
    limit.pass('b', 106n);
    limit.pass('quiet', 100n);
    assert.deepEqual(limit.takeClosed(109n), []);
    assert.deepEqual(limit.takeClosed(110n), [{ key: 'a', suppressed: 1 }]);
    assert.deepEqual(limit.takeClosed(110n), []);
    assert.deepEqual(limit.takeClosed(115n), [{ key: 'b', suppressed: 1 }]);
  });

  it('changes nothing but what the next alert tells', () => {
    for (const isTaken of [true, false]) {
      const limit = new RateLimit({ periodNs: 10n });
      limit.pass('', 100n);
      limit.pass('', 105n);
      if (isTaken) limit.takeClosed(113n);
      assert.deepEqual(limit.pass('', 113n), { suppressed: isTaken ? 0 : 1 });
      assert.equal(limit.pass('', 122n), null);
      assert.deepEqual(limit.pass('', 123n), { suppressed: 1 });
    }
  });

  it('gives everything when asked for all', () => {
    const limit = new RateLimit({ periodNs: 10n });
    for (const key of ['a', 'b']) {
      limit.pass(key, 100n);
      limit.pass(key, 100n);
    }
    assert.deepEqual(limit.takeClosed('all'), [
      { key: 'a', suppressed: 1 },
      { key: 'b', suppressed: 1 },
    ]);
    assert.deepEqual(limit.takeClosed('all'), []);
  });
});

describe('too many keys', () => {
  it('give up the one that was used least recently, and tell what it held back', () => {
    const limit = new RateLimit({ periodNs: 10n, keysMax: 2 });
    limit.pass('a', 100n);
    limit.pass('b', 100n);
    limit.pass('b', 100n);
    limit.pass('a', 101n);
    limit.pass('c', 102n);
    assert.equal(limit.size, 2);
    assert.equal(limit.givenUpCount, 1);
    assert.deepEqual(limit.takeClosed(103n), [{ key: 'b', suppressed: 1 }]);
  });

  it('tell it with the next alert of that key, if that comes first', () => {
    const limit = new RateLimit({ periodNs: 10n, keysMax: 1 });
    limit.pass('a', 100n);
    limit.pass('a', 100n);
    limit.pass('b', 101n);
    assert.deepEqual(limit.pass('a', 102n), { suppressed: 1 });
    assert.deepEqual(limit.takeClosed('all'), []);
  });

  it('are also keys that are too long together', () => {
    const limit = new RateLimit({ periodNs: 10n });
    const long = 'x'.repeat(3 * 1024 * 1024);
    limit.pass(`${long}1`, 0n);
    limit.pass(`${long}2`, 0n);
    assert.equal(limit.size, 1);
    limit.pass(`${long}2`, 1n);
    limit.pass('short', 1n);
    assert.equal(limit.size, 2);
  });
});

it('reset forgets everything', () => {
  const limit = new RateLimit({ periodNs: 10n, keysMax: 1 });
  for (const key of ['a', 'a', 'b', 'b']) limit.pass(key, 100n);
  limit.reset();
  assert.deepEqual(limit.takeClosed('all'), []);
  assert.deepEqual(limit.pass('b', 101n), { suppressed: 0 });
  assert.deepEqual([limit.size, limit.givenUpCount], [1, 0]);
});

it('alerts, and what they tell of, are all matches', () => {
  const step = fc.record({
    gap: fc.bigInt(0n, 8n),
    key: fc.constantFrom('a', 'b', 'c', 'd'),
    take: fc.boolean(),
  });
  const property = fc.property(
    fc.array(step),
    fc.bigInt(1n, 20n),
    fc.integer({ min: 1, max: 4 }),
    (steps, periodNs, keysMax) => {
      const limit = new RateLimit({ periodNs, keysMax });
      const lastAlert = new Map<string, bigint>();
      let time = 0n;
      let told = 0;
      for (const { gap, key, take } of steps) {
        time += gap;
        const passage = limit.pass(key, time);
        if (passage !== null) {
          const last = lastAlert.get(key);
          const isSoon = last !== undefined && time - last < periodNs;
          // Only a key that was given up may alert again too soon.
          assert.ok(!isSoon || limit.givenUpCount > 0);
          lastAlert.set(key, time);
          told += 1 + passage.suppressed;
        }
        if (!take) continue;
        for (const { suppressed } of limit.takeClosed(time)) told += suppressed;
      }
      for (const { suppressed } of limit.takeClosed('all')) told += suppressed;
      assert.equal(told, steps.length);
      assert.ok(limit.size <= keysMax);
    },
  );
  fc.assert(property);
});
