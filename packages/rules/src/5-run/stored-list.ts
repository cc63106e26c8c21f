// SPDX-License-Identifier: Apache-2.0
// The values of a list variable: each stands in it once, the newest last. A value that comes again
// becomes the newest. Each may expire at a time of its own.

import type { RuntimeScalar } from '../2-check/typed.ts';
import { ByRecency } from './by-recency.ts';

type Key = string | number | bigint | boolean;

type Stored = {
  readonly key: Key;
  readonly value: RuntimeScalar;
  readonly expiresNs: bigint | null;
  before: Stored | null;
  after: Stored | null;
};

/** What a value is taken to need beside its bytes. */
const valueBytes = 64;

/** Estimates the memory that a value needs. */
export function countBytes(value: RuntimeScalar): number {
  return typeof value === 'string' ? valueBytes + value.length : valueBytes;
}

/** Networks are the same when they are written the same; objects would compare by identity. */
function getKey(value: RuntimeScalar): Key {
  if (typeof value !== 'object') return value;
  return `${value.family} ${value.address} ${value.prefix}`;
}

export class StoredList {
  readonly #stored = new Map<Key, Stored>();
  /** The oldest first. A walk over the map would be slow, or keep what the map outgrew. */
  readonly #inOrder = new ByRecency<Stored>();
  /** The values as they are read; null until somebody asks. */
  #values: RuntimeScalar[] | null = null;
  /** How many of its first ones were removed since. */
  #removedCount = 0;
  #bytes = 0;
  /** No value expires before; null while none does. */
  #soonestNs: bigint | null = null;
  /** True while each value expires no sooner than the ones before it. */
  #isInOrder = true;
  #lastNs: bigint | null = 0n;

  get size(): number {
    return this.#stored.size;
  }

  /** Estimates the memory that the values need. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The values, oldest first. Valid until the list changes. */
  get values(): readonly RuntimeScalar[] {
    if (this.#values === null) {
      this.#values = Array.from(this.#stored.values(), ({ value }) => value);
      this.#removedCount = 0;
    } else if (this.#removedCount > 0) {
      this.#values.splice(0, this.#removedCount);
      this.#removedCount = 0;
    }
    return this.#values;
  }

  has(value: RuntimeScalar): boolean {
    return this.#stored.has(getKey(value));
  }

  /** Adds a value as the newest. Null as time is for good. */
  add(value: RuntimeScalar, expiresNs: bigint | null): void {
    const key = getKey(value);
    const known = this.#stored.get(key);
    if (known === undefined) {
      this.#values?.push(value);
      this.#bytes += countBytes(value);
    } else {
      this.#stored.delete(key);
      this.#inOrder.remove(known);
      this.#values = null;
    }
    const stored: Stored = { key, value, expiresNs, before: null, after: null };
    this.#stored.set(key, stored);
    this.#inOrder.add(stored);
    this.#noteExpiry(expiresNs);
  }

  /** Adds all values of another list, with the times at which they expire. */
  addAll(other: StoredList): void {
    for (const { value, expiresNs } of other.#stored.values()) this.add(value, expiresNs);
  }

  removeOldest(): void {
    const oldest = this.#inOrder.first;
    if (oldest === null) return;
    this.#stored.delete(oldest.key);
    this.#inOrder.remove(oldest);
    this.#removedCount += 1;
    // Nobody has read it for long: what was removed must not pile up.
    if (this.#removedCount > this.#stored.size) this.#values = null;
    this.#bytes -= countBytes(oldest.value);
  }

  /** Removes what has expired by this time. */
  expire(timeNs: bigint): void {
    if (this.#soonestNs === null || timeNs < this.#soonestNs) return;
    if (this.#isInOrder) this.#expireOldest(timeNs);
    else this.#expireAnywhere(timeNs);
  }

  #noteExpiry(expiresNs: bigint | null): void {
    if (expiresNs !== null && (this.#soonestNs === null || expiresNs < this.#soonestNs)) {
      this.#soonestNs = expiresNs;
    }
    const last = this.#lastNs;
    if (expiresNs !== null && (last === null || expiresNs < last)) this.#isInOrder = false;
    this.#lastNs = expiresNs;
  }

  #expireOldest(timeNs: bigint): void {
    this.#soonestNs = null;
    for (;;) {
      const oldest = this.#inOrder.first;
      // All others are for good, or expire later.
      if (oldest === null || oldest.expiresNs === null) return;
      if (oldest.expiresNs > timeNs) {
        this.#soonestNs = oldest.expiresNs;
        return;
      }
      this.removeOldest();
    }
  }

  #expireAnywhere(timeNs: bigint): void {
    this.#soonestNs = null;
    this.#values = null;
    this.#isInOrder = true;
    this.#lastNs = 0n;
    for (const [key, stored] of this.#stored) {
      const { value, expiresNs } = stored;
      if (expiresNs !== null && expiresNs <= timeNs) {
        this.#stored.delete(key);
        this.#inOrder.remove(stored);
        this.#bytes -= countBytes(value);
      } else {
        this.#noteExpiry(expiresNs);
      }
    }
  }
}
