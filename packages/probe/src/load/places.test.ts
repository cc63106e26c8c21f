// SPDX-License-Identifier: Apache-2.0
// What the kernel is told of places, as its maps have it.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { filesystemTypes, getFilesystemNumber } from '@fimbul/schema';
import { tellCgroup, tellFilesystems } from './places.ts';

function hear(tell: (object: Parameters<typeof tellCgroup>[0]) => void) {
  const entries: [string, Buffer, Buffer][] = [];
  tell({
    mapSet: (map, key, value) => {
      entries.push([map, Buffer.from(key), Buffer.from(value)]);
      return 'stored';
    },
  });
  return entries;
}

it('types of filesystems are keys of 16 bytes', () => {
  const entries = hear(tellFilesystems);
  assert.equal(entries.length, filesystemTypes.length);
  const [map, key, value] = entries[getFilesystemNumber('overlay') - 1] ?? [];
  assert.equal(map, 'filter_filesystems');
  assert.equal(key?.toString('latin1'), 'overlay'.padEnd(16, '\0'));
  assert.equal(value?.readUInt32LE(), getFilesystemNumber('overlay'));
});

it('a control group is one of its hierarchy', () => {
  const group = { id: 0x1_0000_0002n, hierarchy: 3, kind: 'of_container' } as const;
  const [[map, key, value] = []] = hear((object) => tellCgroup(object, group));
  assert.equal(map, 'cgroups_announced');
  assert.deepEqual([key?.readBigUInt64LE(), key?.readBigUInt64LE(8)], [group.id, 3n]);
  assert.deepEqual([...(value ?? [])], [3]);
});
