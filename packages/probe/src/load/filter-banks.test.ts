// SPDX-License-Identifier: Apache-2.0
// Replacing filters on tables that are played here: nothing of one is in the other's bank, what was
// replaced stays until it is forgotten, and then nothing of it is left.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KernelFilter, PathEdges } from '@fimbul/schema';
import { FilterBanks } from './filter-banks.ts';
import { chooseRoom, type FilterRoom } from './filter-room.ts';
import { passEverything } from './pass-everything.ts';

const paths = { states: 4, classes: 4, edges: 4, affixes: 4 };
const room: FilterRoom = { names: 4, tables: 4, masks: 4, ...paths };

function makeFilter(name: string): KernelFilter {
  const { operations, paths } = passEverything('all');
  const exact = new Map([[name, 0]]);
  const edges: PathEdges = { exact, affixes: null, other: 0, long: 0 };
  const source = { names: new Map([[name, 1n]]), otherNames: 0n, longNames: 0n };
  return {
    operations: operations.slice(0, 1).map((operation) => ({ ...operation, source })),
    paths: { states: [{ inner: edges, final: edges, alive: 0 }], classes: paths.classes },
    programs: null,
  };
}

/** Tables by name, each with its values by key; `full` takes no more entries. */
function makeTables() {
  const tables = new Map<string, Map<string, string>>();
  const get = (map: string): Map<string, string> => {
    const table = tables.get(map) ?? new Map<string, string>();
    tables.set(map, table);
    return table;
  };
  let full = '';
  const object = {
    mapSet: (map: string, key: Uint8Array, value: Uint8Array) => {
      if (map === full) return 'full' as const;
      get(map).set(Buffer.from(key).toString('hex'), Buffer.from(value).toString('hex'));
      return 'stored' as const;
    },
    mapDelete: (map: string, key: Uint8Array) => get(map).delete(Buffer.from(key).toString('hex')),
  };
  const fill = (map: string): void => {
    full = map;
  };
  return { banks: new FilterBanks(object, room), get, fill };
}

const serving = (get: (map: string) => Map<string, string>): string | undefined =>
  get('filter_bank').get('00000000');

describe('FilterBanks', () => {
  it('takes turns with its banks, and counts', () => {
    const { banks, get } = makeTables();
    assert.equal(banks.generation, 0);
    const seen = ['a', 'b', 'c'].map((name) => {
      assert.ok(banks.serve(makeFilter(name)).ok);
      banks.forgetReplaced();
      return [banks.generation, serving(get)];
    });
    assert.deepEqual(seen, [
      [1, '00000000'],
      [2, '01000000'],
      [3, '00000000'],
    ]);
  });

  it('keeps what was replaced until it is forgotten', () => {
    const { banks, get } = makeTables();
    assert.ok(banks.serve(makeFilter('a')).ok);
    const names = new Map(get('filter_names'));
    const edges = new Map(get('filter_path_edges'));
    assert.ok(banks.serve(makeFilter('b')).ok);
    for (const key of names.keys()) assert.ok(get('filter_names').has(key));
    for (const key of edges.keys()) assert.ok(get('filter_path_edges').has(key));
    const third = banks.serve(makeFilter('c'));
    assert.ok(!third.ok && third.error.code === 'wrong_state');
    banks.forgetReplaced();
    for (const key of names.keys()) assert.ok(!get('filter_names').has(key));
    for (const key of edges.keys()) assert.ok(!get('filter_path_edges').has(key));
    assert.equal(get('filter_names').size, 1);
    assert.equal(get('filter_path_edges').size, 2);
    // An operation that the next filter does not have must not go on with the old lanes.
    assert.match(get('filter_operations').get('00000000') ?? '', /^0+$/);
  });

  it('goes on with the filter it has when another one does not fit', () => {
    const { banks, get, fill } = makeTables();
    assert.ok(banks.serve(makeFilter('a')).ok);
    const names = new Map(get('filter_names'));
    const many = new Map(Array.from({ length: 5 }, (_, index) => [`${index}`, 1n] as const));
    const filter = makeFilter('b');
    const operations = filter.operations.map((operation) => ({
      ...operation,
      source: { ...operation.source, names: many },
    }));
    const large = banks.serve({ ...filter, operations });
    assert.ok(!large.ok && large.error.code === 'filter_too_large');
    assert.match(large.error.message, /5 names, more than the 4 .* start the agent again/);
    fill('filter_path_edges');
    const full = banks.serve(filter);
    assert.ok(!full.ok && full.error.code === 'map_refused');
    assert.deepEqual(get('filter_names'), names);
    assert.deepEqual([banks.generation, serving(get)], [1, '00000000']);
  });
});

describe('chooseRoom', () => {
  it('has some room for a filter that is empty', () => {
    const chosen = chooseRoom({
      operations: [],
      paths: { states: [], classes: [] },
      programs: null,
    });
    assert.ok(chosen.ok);
    assert.ok(Object.values(chosen.value).every((entries) => entries >= 256));
  });

  it('rounds up what is needed, of both sides of each state', () => {
    const affixes = {
      prefixes: new Map([['p', 1]]),
      suffixes: new Map([['s', 1]]),
      targets: new Map([[65537, 0]]),
    };
    const edges: PathEdges = { exact: new Map([['a', 0]]), affixes, other: 0, long: 0 };
    const states = Array.from({ length: 1500 }, () => ({ inner: edges, final: edges, alive: 0 }));
    const chosen = chooseRoom({
      operations: [],
      paths: { states, classes: [[1n]] },
      programs: null,
    });
    assert.ok(chosen.ok);
    assert.equal(chosen.value.states, 2048);
    // Four for each state, 6,000 in all.
    assert.equal(chosen.value.edges, 8192);
    assert.equal(chosen.value.affixes, 8192);
  });
});
