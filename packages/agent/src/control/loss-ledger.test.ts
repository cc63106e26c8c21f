// SPDX-License-Identifier: Apache-2.0
// Losses add up by operation and reason, and keep the time of the last one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LossLedger } from './loss-ledger.ts';

test('losses are added up by what was lost and why', () => {
  const ledger = new LossLedger();
  assert.deepEqual(ledger.list(), []);
  const second = 1_000_000_000n;
  const lose = (operation: string, reason: string, count: number, untilNs: bigint): void =>
    ledger.add({ operation, reason, count, sinceNs: 0n, untilNs });
  lose('open', 'ring_full', 3, second);
  lose('exec', 'ring_full', 1, 2n * second);
  lose('open', 'ring_full', 4, 3n * second);
  lose('any', 'skipped_sys_exit', 2, 3n * second);
  const last = (seconds: number): string => `1970-01-01T00:00:0${seconds}.000000000Z`;
  assert.deepEqual(ledger.list(), [
    { operation: 'open', reason: 'ring_full', count: 7, last: last(3) },
    { operation: 'exec', reason: 'ring_full', count: 1, last: last(2) },
    { operation: 'any', reason: 'skipped_sys_exit', count: 2, last: last(3) },
  ]);
});
