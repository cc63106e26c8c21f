// SPDX-License-Identifier: Apache-2.0
// What stands at the ends of a recording, written and read back.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePolicies } from '@fimbul/rules';
import { makeCounters } from '../health/counter-samples.ts';
import { toPlain } from './notes.ts';
import {
  compareWithRecording,
  describeFilter,
  digestPaths,
  parseCounters,
  parseMeta,
} from './recording-meta.ts';

const text = `rules:
  - { id: a, expression: 'open.file.name in ["a", "b"] && open.flags & (O_CREAT|O_RDWR) > 0' }
  - { id: b, expression: 'rename.file.destination.name == "c" && rename.retval == -2' }`;
const { filter } = compilePolicies([{ path: 'p', text }]);
const filters = filter.operations;

const meta = {
  fimbul: '1.0.0',
  recordingId: 'id',
  hostname: 'host',
  release: '6.12.0',
  plan: [{ operation: 'open', backend: 'lsm' }],
  programs: [],
  namespaces: { pid: 1, mount: 2 },
  showsAllProcesses: true,
};

/** Through text, as a file has it. */
function store(value: unknown): unknown {
  return JSON.parse(JSON.stringify(toPlain(value)));
}

test('the filter is read as it was written', () => {
  const read = parseMeta(store({ ...meta, filters: filters.map(describeFilter) }));
  assert.deepEqual(read?.filters, filters);
  assert.equal(read?.hostname, 'host');
});

test('an operation of a newer version is left out', () => {
  const [first] = filters.map(describeFilter);
  const read = parseMeta(store({ ...meta, filters: [{ ...first, operation: 'splice' }, first] }));
  assert.deepEqual(
    read?.filters.map(({ operation }) => operation),
    [first?.operation],
  );
});

test('what was filtered by paths is whole for the same policies, and a part for others', () => {
  const plan = (glob: string) =>
    compilePolicies([
      { path: 'p', text: `rules: [{ id: a, expression: 'open.file.path =~ "${glob}"' }]` },
    ]).filter;
  const compare = (given: string, wanted: string, kept: object = {}) => {
    const { operations, paths } = plan(given);
    const pathsDigest = digestPaths({ paths, programs: null });
    const filtered = { filters: operations.map(describeFilter), pathsDigest };
    const read = parseMeta(store({ ...meta, ...filtered, ...kept }));
    assert.ok(read);
    return compareWithRecording(read, plan(wanted)).get('open');
  };
  assert.equal(compare('/etc/*', '/etc/*'), 'whole');
  assert.equal(compare('/etc/*', '/usr/*'), 'part');
  assert.equal(compare('/etc/**', '/etc/*'), 'part');
  assert.equal(compare('/**', '/etc/*'), 'whole');
  assert.equal(compare('/etc/*', '/etc/*', { pathsDigest: '' }), 'part');
});

test('a recording of before paths were filtered has all of them', () => {
  const [first] = filters.map(describeFilter);
  const { anySourcePath: _a, anyDestinationPath: _b, ...old } = { ...first };
  const read = parseMeta(store({ ...meta, filters: [old] }));
  assert.equal(read?.filters[0]?.anySourcePath, 2n ** 64n - 1n);
});

test('what is none is told as none', () => {
  for (const value of [null, undefined, 7, [], {}, { ...meta }, { ...meta, filters: [{}] }]) {
    assert.equal(parseMeta(value), null);
  }
});

test('counters are read by their names; without any they are zero', () => {
  const counters = makeCounters({ exec: { seen: 3, sent: 2 } }, { skippedRuns: { sys_exit: 4 } });
  assert.deepEqual(parseCounters(store({ counters })), counters);
  for (const value of [null, undefined, {}, { counters: 7 }]) {
    assert.deepEqual(parseCounters(value), makeCounters());
  }
  const other = {
    kinds: { splice: { seen: 1 }, open: { seen: 2 } },
    troubles: {},
    skippedRuns: {},
  };
  assert.equal(parseCounters({ counters: other }).kinds.open.seen, 2);
});
