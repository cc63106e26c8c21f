// SPDX-License-Identifier: Apache-2.0
// What a rule set has written into the kernel's tables, to be taken out again: keys alone, as
// bytes. The objects that it was planned as take 10 MiB for the default policy.

import { type FilterMap, hashMaps, type MapEntry } from './map-entry.ts';

export type WrittenMaps = {
  mapSet(map: string, key: Uint8Array, value: Uint8Array): unknown;
  mapDelete(map: string, key: Uint8Array): unknown;
};

/** Room for keys is made for so many at first, and doubled. */
const firstRoom = 64;

type Keys = { readonly length: number; bytes: Uint8Array; count: number };

export class WrittenEntries {
  readonly #keys = new Map<FilterMap, Keys>();
  #operations: MapEntry[] = [];

  /** Notes an entry that is about to be written. */
  add({ map, key, value }: MapEntry): void {
    if (map === 'filter_operations') {
      this.#operations.push({ map, key, value: new Uint8Array(value.length) });
    }
    if (!hashMaps.has(map)) return;
    let keys = this.#keys.get(map);
    if (keys === undefined) {
      keys = { length: key.length, bytes: new Uint8Array(key.length * firstRoom), count: 0 };
      this.#keys.set(map, keys);
    }
    const at = keys.count * keys.length;
    if (at === keys.bytes.length) {
      const larger = new Uint8Array(2 * at);
      larger.set(keys.bytes);
      keys.bytes = larger;
    }
    keys.bytes.set(key, at);
    keys.count += 1;
  }

  /** Takes everything out: entries of hash maps, and operations, which drop their events then. */
  clear(maps: WrittenMaps): void {
    for (const { map, key, value } of this.#operations) maps.mapSet(map, key, value);
    for (const [map, { length, bytes, count }] of this.#keys) {
      for (let at = 0; at < count * length; at += length) {
        maps.mapDelete(map, bytes.subarray(at, at + length));
      }
    }
    this.#operations = [];
    this.#keys.clear();
  }
}
