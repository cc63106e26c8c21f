// SPDX-License-Identifier: Apache-2.0
// The path automaton as the bytes that the kernel's tables take.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  filterPathAffixKeyOffsets,
  filterPathEdgeKeyOffsets,
  filterPathStateOffsets,
  kernelLimits,
  type PathEdges,
  type PathState,
} from '@fimbul/schema';
import type { FilterMap, MapEntry } from './map-entry.ts';
import { encodePaths } from './path-tables.ts';

const noEdges: PathEdges = { exact: new Map(), affixes: null, other: 0, long: 0 };
const place = { firstState: 100, firstClass: 10 };

function makeState(changes: Partial<PathState>): PathState {
  return { inner: noEdges, final: noEdges, alive: 0, ...changes };
}

function encode(map: FilterMap, states: readonly PathState[]): readonly MapEntry[] {
  return encodePaths({ states, classes: [] }, place).filter((entry) => entry.map === map);
}

function getU32(bytes: Uint8Array, at = 0): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(at, true);
}

function getText(bytes: Uint8Array, start: number, length: number): string {
  return Buffer.from(bytes.subarray(start, start + length)).toString('latin1');
}

/** From, name and target of each edge. */
function readEdges(states: readonly PathState[]): readonly (readonly [number, string, number])[] {
  const { from, name, size } = filterPathEdgeKeyOffsets;
  return encode('filter_path_edges', states).map(({ key, value }) => {
    assert.equal(key.length, size);
    return [getU32(key, from), getText(key, name, size - name).replace(/\0+$/, ''), getU32(value)];
  });
}

describe('a state', () => {
  it('has its targets behind the first ones of the bank', () => {
    const [entry, ...rest] = encode('filter_path_states', [
      makeState({
        inner: { ...noEdges, other: 1, long: 2 },
        final: { ...noEdges, other: 3, long: 4 },
        alive: 5,
      }),
    ]);
    assert.ok(entry);
    assert.deepEqual(rest, []);
    const at = filterPathStateOffsets;
    assert.equal(getU32(entry.key), 100);
    assert.equal(entry.value.length, at.size);
    assert.deepEqual(
      [at.innerOther, at.innerLong, at.finalOther, at.finalLong, at.alive, at.edges].map((offset) =>
        getU32(entry.value, offset),
      ),
      [101, 102, 13, 14, 15, 0],
    );
  });

  it('says which of its names have edges', () => {
    const exact = new Map([['a', 0]]);
    const affix = new Map([['a', 1]]);
    const none = new Map<never, never>();
    const read = (state: Partial<PathState>): number | undefined => {
      const [entry] = encode('filter_path_states', [makeState(state)]);
      return entry && getU32(entry.value, filterPathStateOffsets.edges);
    };
    const withAffixes = (prefixes: ReadonlyMap<string, number>, suffixes: typeof prefixes) => ({
      ...noEdges,
      affixes: { prefixes, suffixes, targets: none },
    });
    assert.equal(read({ inner: { ...noEdges, exact } }), 1);
    assert.equal(read({ final: { ...noEdges, exact } }), 1 << 3);
    assert.equal(read({ inner: withAffixes(affix, none) }), 2);
    assert.equal(read({ inner: withAffixes(none, affix) }), 4);
    assert.equal(read({ final: withAffixes(affix, affix) }), 6 << 3);
    // The pair of no prefix and no suffix is looked up too.
    assert.equal(read({ inner: withAffixes(none, none) }), 2);
  });
});

describe('edges', () => {
  it('are keyed by state, side and name, and lead to states or classes', () => {
    const states = [
      makeState({ inner: { ...noEdges, exact: new Map([['a\xff', 2]]) } }),
      makeState({ final: { ...noEdges, exact: new Map([['b', 3]]) } }),
    ];
    assert.deepEqual(readEdges(states), [
      [100 << 2, 'a\xff', 102],
      [(101 << 2) | 1, 'b', 13],
    ]);
  });

  it('of a pair hold the numbers of prefix and suffix', () => {
    const affixes = {
      prefixes: new Map([['p', 0x41]]),
      suffixes: new Map([['s', 0x42]]),
      targets: new Map([[0x41 * 65536 + 0x42, 7]]),
    };
    const expected = [[(100 << 2) | 2 | 1, 'A\0\0\0B', 17]];
    assert.deepEqual(readEdges([makeState({ final: { ...noEdges, affixes } })]), expected);
  });

  it('may have names as long as the key, and no longer ones', () => {
    const longest = 'x'.repeat(kernelLimits.FILTER_NAME_BYTES_MAX);
    const make = (name: string) => [
      makeState({ inner: { ...noEdges, exact: new Map([[name, 0]]) } }),
    ];
    assert.equal(readEdges(make(longest))[0]?.[1], longest);
    for (const name of [`${longest}x`, 'a\0b']) {
      assert.throws(() => readEdges(make(name)), RangeError);
    }
  });
});

it('prefixes stand forwards, suffixes backwards, each with its bits', () => {
  const affixes = {
    prefixes: new Map([['lib', 1]]),
    suffixes: new Map([['.so', 2]]),
    targets: new Map(),
  };
  const { bits, from, name, size } = filterPathAffixKeyOffsets;
  const read = encode('filter_path_affixes', [makeState({ inner: { ...noEdges, affixes } })]).map(
    ({ key, value }) => {
      assert.equal(key.length, size);
      return [getU32(key, bits), getU32(key, from), getText(key, name, 4), getU32(value)];
    },
  );
  assert.deepEqual(read, [
    [(4 + 3) * 8, 100 << 2, 'lib\0', 1],
    [(4 + 3) * 8, (100 << 2) | 2, 'os.\0', 2],
  ]);
});

it('an empty prefix is a bug of the compiler', () => {
  const affixes = { prefixes: new Map([['', 1]]), suffixes: new Map(), targets: new Map() };
  const states = [makeState({ inner: { ...noEdges, affixes } })];
  assert.throws(() => encode('filter_path_affixes', states), RangeError);
});

describe('a class', () => {
  const encodeClass = (lanes: readonly bigint[]) =>
    encodePaths({ states: [], classes: [lanes] }, place)[0];

  it('has the lanes of each row', () => {
    const entry = encodeClass([1n, 2n ** 63n]);
    assert.ok(entry);
    assert.equal(getU32(entry.key), 10);
    const lanes = new BigUint64Array(entry.value.buffer);
    assert.equal(lanes.length, kernelLimits.FILTER_PATH_ROWS_MAX);
    assert.deepEqual([...lanes.subarray(0, 3)], [1n, 2n ** 63n, 0n]);
  });

  it('of too many rows is a bug of the compiler', () => {
    const rows = kernelLimits.FILTER_PATH_ROWS_MAX + 1;
    assert.throws(() => encodeClass(new Array<bigint>(rows).fill(1n)), RangeError);
  });
});
