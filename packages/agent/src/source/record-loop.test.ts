// SPDX-License-Identifier: Apache-2.0
// The loop looks at its own pace, sleeps when nothing comes, and stops when it is told to.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { RecordBatch } from '@fimbul/probe';
import { RecordLoop } from './record-loop.ts';

/** A ring with a number of batches in it. */
class FakeRing {
  waiting = 0;
  /** Records in each batch. */
  records = 1;
  reads = 0;
  sleeps = 0;
  callback: (() => void) | null = null;

  read(batch: RecordBatch): void {
    this.reads += 1;
    batch.count = this.waiting > 0 ? this.records : 0;
    this.waiting = Math.max(this.waiting - 1, 0);
  }

  sleep(): void {
    this.sleeps += 1;
  }

  onReadable(callback: (() => void) | null): void {
    this.callback = callback;
  }
}

function makeLoop(judge?: (loop: RecordLoop) => void) {
  const ring = new FakeRing();
  let judged = 0;
  const reader = { isReady: true };
  const loop: RecordLoop = new RecordLoop(ring, new RecordBatch(8, 1), {
    canTake: () => reader.isReady,
    take: (batch) => {
      assert.equal(batch.count, ring.records);
      judged += 1;
      judge?.(loop);
    },
  });
  return { ring, loop, reader, countJudged: () => judged };
}

beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
afterEach(() => mock.timers.reset());

describe('a look', () => {
  it('comes soon after the start, and reads until the ring is empty', () => {
    const { ring, loop, countJudged } = makeLoop();
    ring.waiting = 3;
    loop.start();
    assert.equal(countJudged(), 0);
    mock.timers.tick(1);
    assert.equal(countJudged(), 3);
  });

  it('is bounded, and goes on at once in later turns', () => {
    const { ring, loop, countJudged } = makeLoop();
    ring.waiting = 20;
    loop.start();
    loop.look();
    assert.equal(countJudged(), 8);
    // No pause: there is more to read.
    mock.timers.tick(1);
    assert.equal(countJudged(), 20);
  });

  it('is bounded by the clock, whatever a batch takes', (context) => {
    let ms = 0;
    context.mock.method(performance, 'now', () => ms);
    const { ring, loop, countJudged } = makeLoop(() => {
      ms += 30;
    });
    ring.waiting = 20;
    loop.start();
    loop.look();
    assert.equal(countJudged(), 2);
  });

  it('comes again a little later while few events come', () => {
    const { ring, loop, countJudged } = makeLoop();
    ring.waiting = 1;
    loop.start();
    loop.look();
    ring.waiting = 1;
    mock.timers.tick(39);
    assert.equal(countJudged(), 1);
    mock.timers.tick(1);
    assert.equal(countJudged(), 2);
    assert.equal(ring.sleeps, 0);
  });

  it('comes again sooner while many events come', () => {
    const { ring, loop, countJudged } = makeLoop();
    ring.records = 33;
    ring.waiting = 1;
    loop.start();
    loop.look();
    ring.waiting = 1;
    mock.timers.tick(9);
    assert.equal(countJudged(), 1);
    mock.timers.tick(1);
    assert.equal(countJudged(), 2);
    assert.equal(ring.sleeps, 0);
  });

  it('ends when the judge stops the loop, and reads nothing more', () => {
    const { ring, loop, countJudged } = makeLoop((self) => self.stop());
    ring.waiting = 5;
    loop.start();
    loop.look();
    mock.timers.tick(1000);
    assert.equal(countJudged(), 1);
    assert.equal(ring.reads, 1);
    assert.equal(ring.callback, null);
  });

  it('passes on what the judge throws', () => {
    const { ring, loop } = makeLoop(() => {
      throw new Error('bug');
    });
    ring.waiting = 1;
    loop.start();
    assert.throws(() => loop.look(), /bug/);
  });
});

describe('a judge that can take no more', () => {
  it('gets none until it can; the loop looks in vain and never sleeps', () => {
    const { ring, loop, reader, countJudged } = makeLoop(() => {
      reader.isReady = false;
    });
    ring.waiting = 3;
    loop.start();
    loop.look();
    assert.equal(countJudged(), 1);
    for (let count = 0; count < 10; count += 1) mock.timers.tick(10);
    assert.deepEqual([countJudged(), ring.reads, ring.sleeps, ring.callback], [1, 1, 0, null]);
    reader.isReady = true;
    mock.timers.tick(10);
    assert.equal(countJudged(), 2);
  });

  it('gets everything at the end, when it has to count it', () => {
    const { ring, loop, reader, countJudged } = makeLoop();
    reader.isReady = false;
    ring.waiting = 3;
    loop.start();
    loop.look();
    loop.stop();
    loop.drain(Number.POSITIVE_INFINITY);
    assert.equal(countJudged(), 3);
  });
});

describe('a loop without records', () => {
  it('asks to be woken, looks again in case it was too late, and only then sleeps', () => {
    const { ring, loop } = makeLoop();
    loop.start();
    mock.timers.tick(1);
    assert.deepEqual({ reads: ring.reads, sleeps: ring.sleeps }, { reads: 1, sleeps: 1 });
    mock.timers.tick(10);
    mock.timers.tick(10);
    assert.equal(ring.reads, 3);
    mock.timers.tick(10_000);
    assert.equal(ring.reads, 3);
    assert.ok(ring.callback);
  });

  it('looks again when the kernel wakes it, as if it had never slept', () => {
    const { ring, loop, countJudged } = makeLoop();
    loop.start();
    for (let count = 0; count < 5; count++) mock.timers.tick(10);
    ring.waiting = 1;
    ring.callback?.();
    assert.equal(countJudged(), 1);
    ring.waiting = 1;
    mock.timers.tick(40);
    assert.equal(countJudged(), 2);
  });
});

describe('the end', () => {
  it('stops draining at its deadline', (context) => {
    let ms = 0;
    context.mock.method(performance, 'now', () => ms);
    const { ring, loop, countJudged } = makeLoop(() => {
      ms += 10;
    });
    ring.waiting = 20;
    loop.drain(50);
    assert.equal(countJudged(), 5);
  });

  it('stops looks that were planned, and those of a late wake-up', () => {
    const { ring, loop } = makeLoop();
    loop.start();
    for (let count = 0; count < 5; count++) mock.timers.tick(10);
    const { reads, callback: wake } = ring;
    assert.ok(wake);
    loop.stop();
    mock.timers.tick(1000);
    wake();
    assert.equal(ring.reads, reads);
    assert.equal(ring.callback, null);
  });

  it('may come before the first look', () => {
    const { ring, loop } = makeLoop();
    loop.start();
    loop.stop();
    mock.timers.tick(1000);
    assert.equal(ring.reads, 0);
  });

  it('drains everything, however much', () => {
    const { ring, loop, countJudged } = makeLoop();
    ring.waiting = 30;
    loop.start();
    loop.stop();
    loop.drain(Number.POSITIVE_INFINITY);
    assert.equal(countJudged(), 30);
    loop.drain(Number.POSITIVE_INFINITY);
    assert.equal(countJudged(), 30);
  });
});
