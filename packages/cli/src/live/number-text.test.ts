// SPDX-License-Identifier: Apache-2.0
// Numbers at the borders where they change their form.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatBytes,
  formatCount,
  formatRate,
  formatShare,
  formatSpan,
  formatUptime,
} from './number-text.ts';

function check<Value>(
  format: (value: Value) => string,
  cases: readonly (readonly [Value, string])[],
) {
  for (const [value, text] of cases) assert.equal(format(value), text);
}

test('counts are whole', () => {
  check(formatCount, [
    [0, '0'],
    [999, '999'],
    [1_234_567, '1,234,567'],
  ]);
});

test('rates below ten have a fraction, and none that is not zero looks like it', () => {
  check(formatRate, [
    [0, '0'],
    [0.01, '<0.1'],
    [0.05, '0.1'],
    [9.94, '9.9'],
    [10, '10'],
    [1234.4, '1,234'],
  ]);
});

test('shares are whole only where all of it is meant', () => {
  check(formatShare, [
    [0, '0%'],
    [Number.NaN, '0%'],
    [0.00001, '<0.01%'],
    [0.0004, '0.040%'],
    [0.032, '3.2%'],
    [0.5, '50%'],
    [0.9999, '>99.9%'],
    [1, '100%'],
    [1.5, '150%'],
  ]);
});

test('short times change their unit before they have four digits', () => {
  check(formatSpan, [
    [0, '0 ns'],
    [85e-9, '85 ns'],
    [999.6e-9, '1.00 µs'],
    [1.234e-6, '1.23 µs'],
    [999.6e-6, '1.00 ms'],
    [0.0123, '12.3 ms'],
    [2, '2.00 s'],
  ]);
});

test('long times have two units at most', () => {
  check(formatUptime, [
    [0.9, '0s'],
    [59.9, '59s'],
    [60, '1m 0s'],
    [3600 + 120, '1h 2m'],
    [86_400 * 2 + 3600, '2d 1h'],
  ]);
});

test('bytes are mebibytes', () => {
  assert.equal(formatBytes(1536 * 1024 * 1024), '1,536 MiB');
});
