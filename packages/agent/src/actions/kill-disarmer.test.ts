// SPDX-License-Identifier: Apache-2.0
// How many different things a rule may strike within a period, and what happens beyond.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KillAction } from '@fimbul/rules';
import { type DisarmReason, KillDisarmer, type Strike } from './kill-disarmer.ts';

const second = 1_000_000_000n;
const action: KillAction = {
  ...{ kind: 'kill', signal: 9, signalName: 'SIGKILL', scope: 'process' },
  ...{ disableContainerDisarmer: false, disableExecutableDisarmer: false },
};

function makeDisarmer() {
  const disarmer = new KillDisarmer({ containers: 2, executables: 3, periodMs: 10_000 });
  const note = (changes: Partial<Strike>, of: Partial<KillAction> = {}): DisarmReason | null =>
    disarmer.note(
      { group: 0, containerId: '', executable: '/a', timeNs: 0n, ...changes },
      { ...action, ...of },
    );
  return { disarmer, note };
}

test('the same program again and again is no runaway', () => {
  const { disarmer, note } = makeDisarmer();
  for (let count = 0n; count < 1000n; count += 1n) {
    assert.equal(note({ timeNs: count, containerId: 'c' }), null);
  }
  assert.ok(!disarmer.isDisarmed(0));
});

test('one program too many disarms the rule, and no other', () => {
  const { disarmer, note } = makeDisarmer();
  for (const executable of ['/a', '/b', '/c', '/b']) assert.equal(note({ executable }), null);
  assert.equal(note({ executable: '/d' }), 'executables');
  assert.ok(disarmer.isDisarmed(0));
  assert.ok(!disarmer.isDisarmed(1));
  assert.equal(note({ group: 1, executable: '/d' }), null);
});

test('one container too many disarms too; the host is none', () => {
  const { note } = makeDisarmer();
  for (const containerId of ['', 'a', 'b', '', 'a']) assert.equal(note({ containerId }), null);
  assert.equal(note({ containerId: 'c' }), 'containers');
});

test('a period forgets', () => {
  const { note } = makeDisarmer();
  for (let count = 0n; count < 20n; count += 1n) {
    assert.equal(note({ executable: `/${count}`, timeNs: count * 4n * second }), null);
  }
});

test('either can be switched off by the action', () => {
  const { note } = makeDisarmer();
  for (let count = 0; count < 20; count += 1) {
    const name = String(count);
    const disabled = { disableContainerDisarmer: true, disableExecutableDisarmer: true };
    assert.equal(note({ containerId: name, executable: name }, disabled), null);
  }
  const { note: other } = makeDisarmer();
  const onlyContainers = { disableExecutableDisarmer: true };
  for (const id of ['a', 'b']) assert.equal(other({ containerId: id }, onlyContainers), null);
  assert.equal(other({ containerId: 'c' }, onlyContainers), 'containers');
});
