// SPDX-License-Identifier: Apache-2.0
// What a rule set wrote is taken out again, all of it and nothing else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeU32, encodeU64, type FilterMap, type MapEntry } from './map-entry.ts';
import { WrittenEntries } from './written-entries.ts';

class FakeMaps {
  readonly log: string[] = [];

  mapSet(map: string, key: Uint8Array, value: Uint8Array): void {
    this.log.push(`set ${map} ${key.join()} to ${value.join()}`);
  }

  mapDelete(map: string, key: Uint8Array): void {
    this.log.push(`delete ${map} ${key.join()}`);
  }
}

function makeEntry(map: FilterMap, key: number): MapEntry {
  return { map, key: encodeU32(key), value: encodeU64(7n) };
}

test('entries of hash maps go, operations drop everything, arrays stay as they are', () => {
  const written = new WrittenEntries();
  for (const map of ['filter_names', 'filter_value_masks', 'filter_operations'] as const) {
    written.add(makeEntry(map, 1));
  }
  written.add(makeEntry('filter_path_affixes', 2));
  const maps = new FakeMaps();
  written.clear(maps);
  assert.deepEqual(maps.log, [
    'set filter_operations 1,0,0,0 to 0,0,0,0,0,0,0,0',
    'delete filter_names 1,0,0,0',
    'delete filter_path_affixes 2,0,0,0',
  ]);
  written.clear(maps);
  assert.equal(maps.log.length, 3);
});

test('however many there are', () => {
  const written = new WrittenEntries();
  const count = 1000;
  for (let key = 0; key < count; key += 1) written.add(makeEntry('filter_path_edges', key));
  const maps = new FakeMaps();
  written.clear(maps);
  const expected = Array.from({ length: count }, (_, key) => {
    return `delete filter_path_edges ${encodeU32(key).join()}`;
  });
  assert.deepEqual(maps.log, expected);
});
