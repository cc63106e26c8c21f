// SPDX-License-Identifier: Apache-2.0
// Groups of what passed the kernel's filter for nothing.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { getDirectoryPrefix, nameLanes, Remainder } from './remainder.ts';

const rules = [
  { id: 'a', eventType: 'open', lanes: 0b001n },
  { id: 'b', eventType: 'open', lanes: 0b010n },
  { id: 'c', eventType: 'open', lanes: 0b110n },
  { id: 'd', eventType: 'unlink', lanes: 0b001n },
] as const;

describe('getDirectoryPrefix', () => {
  it('keeps the first components, with numbers made alike', () => {
    assert.equal(
      getDirectoryPrefix('/usr/lib/x86_64-linux-gnu/perl/5.36/a.so'),
      '/usr/lib/x86_64-linux-gnu',
    );
    assert.equal(getDirectoryPrefix('/proc/4711/status'), '/proc/N');
    assert.equal(getDirectoryPrefix('/file'), '/');
    assert.equal(getDirectoryPrefix('a/b'), '(relative)');
    assert.equal(getDirectoryPrefix(''), '(relative)');
  });
});

describe('nameLanes', () => {
  it('names the rules of the operation that have one of the lanes', () => {
    assert.equal(nameLanes(rules, 'open', 0b011n), 'a b c');
    assert.equal(nameLanes(rules, 'unlink', 0b011n), 'd');
    assert.equal(nameLanes(rules, 'rename', 0b011n), '');
  });

  it('counts what it has no room for', () => {
    const many = Array.from({ length: 6 }, (_, index) => ({
      ...{ id: `r${index}`, eventType: 'open' as const, lanes: 1n },
    }));
    assert.equal(nameLanes(many, 'open', 1n), 'r0 r1 r2 r3 +2');
  });
});

describe('Remainder', () => {
  it('gives the largest groups first', () => {
    const remainder = new Remainder(rules);
    const passed = { operation: 'open', pathSource: 'kernel', lanes: 1n, writes: false };
    remainder.add({ ...passed, path: '/etc/passwd' });
    for (const name of ['x', 'y']) remainder.add({ ...passed, path: `/tmp/${name}`, writes: true });
    const group = { operation: 'open', path_source: 'kernel', rules: 'a' };
    assert.deepEqual(remainder.listTop(2), [
      { ...group, directory: '/tmp', access: 'write', example: '/tmp/x', count: 2 },
      { ...group, directory: '/etc', access: 'read', example: '/etc/passwd', count: 1 },
    ]);
    assert.equal(remainder.listTop(1).length, 1);
  });
});
