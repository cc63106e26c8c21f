// SPDX-License-Identifier: Apache-2.0
// What a hang-up is taken for, with and without a terminal.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Hangups } from './hangup.ts';

function make(terminals: Set<number>) {
  const log: string[] = [];
  const hangups = new Hangups((descriptor) => terminals.has(descriptor));
  const target = { reload: () => void log.push('reload'), stop: () => void log.push('stop') };
  return { hangups, target, log };
}

it('without a terminal it asks for a reload', () => {
  const { hangups, target, log } = make(new Set());
  hangups.attach(target);
  hangups.take();
  assert.deepEqual(log, ['reload']);
});

it('on a terminal that is there it asks for a reload, and ends once that is gone', () => {
  const terminals = new Set([1, 2]);
  const { hangups, target, log } = make(terminals);
  hangups.attach(target);
  hangups.take();
  terminals.clear();
  hangups.take();
  assert.deepEqual(log, ['reload', 'stop']);
});

it('during the start it is kept, once', () => {
  const { hangups, target, log } = make(new Set());
  hangups.take();
  hangups.take();
  hangups.attach(target);
  assert.deepEqual(log, ['reload']);
});
