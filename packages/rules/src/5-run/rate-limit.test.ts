// SPDX-License-Identifier: Apache-2.0
// At most one alert in a period, and nothing held back that is not told.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RateLimit } from './rate-limit.ts';

/** What was held back in the periods that a match ended; null when the match is held back. */
function pass(limit: RateLimit, key: string, timeNs: bigint): Record<string, number> | null {
  const { isHeldBack, closed } = limit.pass(key, timeNs);
  if (!isHeldBack) return Object.fromEntries(closed.map((each) => [each.key, each.suppressed]));
  assert.deepEqual(closed, []);
  return null;
}

describe('pass', () => {
  it('lets the first match pass, whatever the time', () => {
    for (const time of [0n, 2n ** 62n]) {
      assert.deepEqual(pass(new RateLimit({ periodNs: 10n }), '', time), {});
    }
  });

  it('holds matches back until the last nanosecond of the period', () => {
    const limit = new RateLimit({ periodNs: 10n });
    pass(limit, '', 100n);
    assert.equal(pass(limit, '', 100n), null);
    assert.equal(pass(limit, '', 109n), null);
    assert.deepEqual(pass(limit, '', 110n), { '': 2 });
    assert.equal(pass(limit, '', 119n), null);
    assert.deepEqual(pass(limit, '', 120n), { '': 1 });
    assert.deepEqual(pass(limit, '', 130n), {});
  });

  it('holds back what comes late from another CPU', () => {
    const limit = new RateLimit({ periodNs: 10n });
    pass(limit, '', 100n);
    assert.equal(pass(limit, '', 90n), null);
  });

  it('gives each key periods of its own', () => {
    const limit = new RateLimit({ periodNs: 10n });
    pass(limit, 'a', 100n);
    assert.deepEqual(pass(limit, 'b', 105n), {});
    assert.equal(pass(limit, 'a', 105n), null);
    assert.equal(pass(limit, 'b', 112n), null);
    assert.deepEqual(pass(limit, 'a', 112n), { a: 1 });
  });
});

describe('release', () => {
  it('takes back that the last match was held back, and begins no period', () => {
    const limit = new RateLimit({ periodNs: 10n });
    for (const time of [100n, 101n, 102n]) pass(limit, '', time);
    limit.release('');
    assert.deepEqual(limit.takeClosed('all'), [{ key: '', suppressed: 1 }]);
    pass(limit, '', 103n);
    limit.release('');
    assert.deepEqual(limit.takeClosed('all'), []);
    assert.throws(() => limit.release(''), /nothing is held back/);
    assert.deepEqual(pass(limit, '', 110n), {});
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

  it('changes nothing for the matches that follow', () => {
    for (const isTaken of [true, false]) {
      const limit = new RateLimit({ periodNs: 10n });
      limit.pass('', 100n);
      limit.pass('', 105n);
      if (isTaken) limit.takeClosed(113n);
      assert.deepEqual(pass(limit, '', 113n), isTaken ? {} : { '': 1 });
      assert.equal(pass(limit, '', 122n), null);
      assert.deepEqual(pass(limit, '', 123n), { '': 1 });
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
  it('end the period of the one that was used least recently, which is told at once', () => {
    const limit = new RateLimit({ periodNs: 10n, keysMax: 2 });
    for (const key of ['a', 'b', 'b']) pass(limit, key, 100n);
    pass(limit, 'a', 101n);
    assert.deepEqual(pass(limit, 'c', 102n), { b: 1 });
    assert.equal(limit.size, 2);
    assert.equal(limit.closedEarlyCount, 1);
    assert.deepEqual(limit.takeClosed('all'), [{ key: 'a', suppressed: 1 }]);
    assert.deepEqual(pass(limit, 'b', 103n), {});
  });

  it('are made fewer by whoever closes one', () => {
    const limit = new RateLimit({ periodNs: 10n });
    for (const key of ['a', 'a', 'a', 'b']) pass(limit, key, 100n);
    assert.equal(limit.closeEarly('a'), 2);
    assert.equal(limit.closeEarly('a'), 0);
    assert.deepEqual([limit.size, limit.closedEarlyCount], [1, 1]);
    assert.deepEqual(limit.takeClosed('all'), []);
    assert.deepEqual(pass(limit, 'a', 101n), {});
  });

  it('cost no more than few', () => {
    const measure = (keysMax: number): number => {
      const limit = new RateLimit({ periodNs: 10n, keysMax });
      for (let key = 0; key < 80_000; key += 1) limit.pass(String(key), 0n);
      const start = process.cpuUsage().user;
      for (let key = 80_000; key < 100_000; key += 1) limit.pass(String(key), 0n);
      return process.cpuUsage().user - start;
    };
    const few = Math.min(measure(16), measure(16), measure(16));
    const many = Math.min(measure(65_536), measure(65_536), measure(65_536));
    // It is about 20 ms, by a clock that is coarse; a walk over those that have gone takes 350.
    assert.ok(many < 10 * few + 100_000, `${many} µs, and ${few} µs with few keys`);
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
  assert.deepEqual(pass(limit, 'b', 101n), {});
  assert.deepEqual([limit.size, limit.closedEarlyCount], [1, 0]);
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
        const { isHeldBack, closed } = limit.pass(key, time);
        for (const { suppressed } of closed) told += suppressed;
        if (!isHeldBack) {
          const last = lastAlert.get(key);
          const isSoon = last !== undefined && time - last < periodNs;
          // Only a key whose period ended early may alert again too soon.
          assert.ok(!isSoon || limit.closedEarlyCount > 0);
          lastAlert.set(key, time);
          told += 1;
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
