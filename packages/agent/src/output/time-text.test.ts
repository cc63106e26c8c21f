// SPDX-License-Identifier: Apache-2.0
// Times as text, before 1970 too.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatTime } from './time-text.ts';

const cases: readonly (readonly [ns: bigint, text: string])[] = [
  [0n, '1970-01-01T00:00:00.000000000Z'],
  [1n, '1970-01-01T00:00:00.000000001Z'],
  [999_999_999n, '1970-01-01T00:00:00.999999999Z'],
  [1_000_000_000n, '1970-01-01T00:00:01.000000000Z'],
  [1_769_860_800_123_456_789n, '2026-01-31T12:00:00.123456789Z'],
  [-1n, '1969-12-31T23:59:59.999999999Z'],
  [-1_000_000_000n, '1969-12-31T23:59:59.000000000Z'],
  [-1_000_000_001n, '1969-12-31T23:59:58.999999999Z'],
  [2n ** 63n - 1n, '2262-04-11T23:47:16.854775807Z'],
  [-(2n ** 63n), '1677-09-21T00:12:43.145224192Z'],
];

describe('formatTime', () => {
  for (const [ns, text] of cases) {
    it(`${ns} is ${text}`, () => assert.equal(formatTime(ns), text));
  }

  it('tells the number where no calendar goes', () => {
    const last = 8_640_000_000_000n * 1_000_000_000n;
    assert.match(formatTime(last), /^\+275760-09-13/);
    assert.equal(formatTime(last + 1_000_000_000n), `@${last + 1_000_000_000n}ns`);
    assert.equal(formatTime(-last - 1n), `@${-last - 1n}ns`);
  });

  it('loses no nanosecond', () => {
    const property = fc.property(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), (ns) => {
      const match = /^(.+)\.(\d{9})Z$/.exec(formatTime(ns));
      assert.ok(match);
      const seconds = BigInt(Date.parse(`${match[1]}Z`)) / 1000n;
      assert.equal(seconds * 1_000_000_000n + BigInt(match[2] ?? ''), ns);
    });
    fc.assert(property);
  });
});
