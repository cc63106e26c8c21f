// SPDX-License-Identifier: Apache-2.0
// Control groups by number.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CgroupCache, unknownCgroup } from './cgroup-cache.ts';
import { contextLimits } from './limits.ts';

test('a group is found by its hierarchy and number', () => {
  const groups = new CgroupCache();
  groups.set({ hierarchy: 0, id: 7n }, '/unified');
  groups.set({ hierarchy: 4, id: 7n }, '/memory');
  assert.equal(groups.find({ hierarchy: 0, id: 7n }).path, '/unified');
  assert.equal(groups.find({ hierarchy: 4, id: 7n }).path, '/memory');
  assert.equal(groups.find({ hierarchy: 1, id: 7n }), unknownCgroup);
});

test('numbers are compared whole, above 2^53 as well', () => {
  const groups = new CgroupCache();
  groups.set({ hierarchy: 0, id: 2n ** 60n }, '/a');
  groups.set({ hierarchy: 0, id: 2n ** 60n + 1n }, '/b');
  assert.equal(groups.find({ hierarchy: 0, id: 2n ** 60n }).path, '/a');
});

test('the same path announced again is the same group', () => {
  const groups = new CgroupCache();
  const key = { hierarchy: 0, id: 7n };
  const group = groups.set(key, '/a');
  assert.equal(groups.set(key, '/a'), group);
  assert.equal(groups.set(key, '/renamed').path, '/renamed');
});

test('a group without a number is one by its path', () => {
  const groups = new CgroupCache();
  const group = groups.setUnnumbered(0, '/a');
  assert.equal(groups.setUnnumbered(0, '/a'), group);
  assert.notEqual(groups.setUnnumbered(1, '/a'), group);
  assert.notEqual(groups.setUnnumbered(0, '/b'), group);
  assert.equal(groups.find({ hierarchy: 0, id: 0n }), unknownCgroup);
});

test('of too many groups the least recently used goes', () => {
  const groups = new CgroupCache();
  for (let id = 0; id < contextLimits.cgroupsMax; id++) {
    groups.set({ hierarchy: 0, id: BigInt(id) }, `/${id}`);
  }
  groups.find({ hierarchy: 0, id: 0n });
  groups.set({ hierarchy: 1, id: 0n }, '/one more');
  assert.equal(groups.size, contextLimits.cgroupsMax);
  assert.equal(groups.dropped, 1);
  assert.equal(groups.find({ hierarchy: 0, id: 0n }).path, '/0');
  assert.equal(groups.find({ hierarchy: 0, id: 1n }), unknownCgroup);
});
