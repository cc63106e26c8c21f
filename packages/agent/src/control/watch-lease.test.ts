// SPDX-License-Identifier: Apache-2.0
// What is on while somebody looks, and off soon after, whoever looked last and for how long.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { WatchLease } from './watch-lease.ts';

let nowMs = 0;
let log: string[] = [];
let lease: WatchLease;

function pass(ms: number): void {
  nowMs += ms;
  mock.timers.tick(ms);
}

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout'] });
  nowMs = 0;
  log = [];
  lease = new WatchLease({
    start: () => void log.push('start'),
    end: () => void log.push('end'),
    nowMs: () => nowMs,
  });
});

afterEach(() => mock.timers.reset());

describe('a lease', () => {
  it('begins with the first look and ends after the last', () => {
    assert.equal(lease.isOn, false);
    lease.renew(5000);
    pass(4000);
    lease.renew(5000);
    pass(4999);
    assert.deepEqual([log, lease.isOn], [['start'], true]);
    pass(1);
    assert.deepEqual([log, lease.isOn, lease.onMs], [['start', 'end'], false, 9000]);
  });

  it('is not made shorter by who asks for less', () => {
    lease.renew(60_000);
    pass(1000);
    lease.renew(5000);
    pass(58_000);
    assert.equal(lease.isOn, true);
    pass(1000);
    assert.equal(lease.isOn, false);
  });

  it('begins anew, and adds up', () => {
    lease.renew(1000);
    pass(1000);
    pass(5000);
    lease.renew(2000);
    pass(500);
    assert.deepEqual([log, lease.onMs], [['start', 'end', 'start'], 1500]);
  });

  it('ends when it is closed, once', () => {
    lease.close();
    lease.renew(1000);
    pass(300);
    lease.close();
    lease.close();
    pass(5000);
    assert.deepEqual([log, lease.onMs], [['start', 'end'], 300]);
  });
});
