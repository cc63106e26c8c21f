// SPDX-License-Identifier: Apache-2.0
// A container is one object for as long as it is known, and no more are known than the limit.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ContainerOwners } from './container-owners.ts';
import { contextLimits } from './limits.ts';

test('a container is the same object each time, and another one is another', () => {
  const owners = new ContainerOwners();
  const owner = owners.get('a');
  assert.notEqual(owners.get('b'), owner);
  assert.equal(owners.get('a'), owner);
  assert.equal(owners.size, 2);
});

test('of too many the least recently used goes, counted', () => {
  const owners = new ContainerOwners();
  const first = owners.get('0');
  const second = owners.get('1');
  for (let id = 2; id < contextLimits.containersMax; id += 1) owners.get(String(id));
  assert.equal(owners.get('0'), first);
  owners.get('one more');
  assert.equal(owners.size, contextLimits.containersMax);
  assert.equal(owners.dropped, 1);
  assert.equal(owners.get('0'), first);
  assert.notEqual(owners.get('1'), second);
});
