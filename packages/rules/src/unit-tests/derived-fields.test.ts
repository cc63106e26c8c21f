// SPDX-License-Identifier: Apache-2.0
// What follows from what a test gives, and that nothing given is changed by it.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EventType } from '@fimbul/schema';
import { deriveFields } from './derive-fields.ts';
import { type Bag, baseTimeNs, type GivenValue, testAccessors } from './test-event.ts';

type Given = Readonly<Record<string, GivenValue>>;

function derive(given: Given, ancestors: readonly Given[] | null = null, type: EventType = 'open') {
  const toBag = (values: Given): Bag => new Map(Object.entries(values));
  const event = deriveFields({
    ...{ type, values: toBag(given), timeNs: baseTimeNs },
    ancestors: ancestors === null ? null : ancestors.map(toBag),
  });
  return (name: string): unknown => testAccessors.get(name)?.(event);
}

describe('a file', () => {
  it('has the name and extension of its path', () => {
    const read = derive({ 'open.file.path': '/a/b.tar.gz', 'process.file.path': '/.x' });
    assert.deepEqual([read('open.file.name'), read('open.file.extension')], ['b.tar.gz', '.gz']);
    assert.deepEqual([read('process.file.name'), read('process.file.extension')], ['.x', '']);
  });

  it('keeps a name that is given', () => {
    const read = derive({ 'open.file.path': '/a/b.c', 'open.file.name': 'x.d' });
    assert.deepEqual([read('open.file.name'), read('open.file.extension')], ['x.d', '.d']);
  });

  it('has the rights of its mode', () => {
    const read = derive({ 'open.file.mode': 0o104755n, 'open.file.destination.mode': 0o644n });
    assert.equal(read('open.file.rights'), 0o4755);
    assert.equal(read('open.file.destination.rights'), 0o644);
  });
});

describe('arguments', () => {
  it('are joined, and are flags and options', () => {
    const read = derive({ 'process.argv': ['-p', '80', '--all'] });
    assert.equal(read('process.args'), '-p 80 --all');
    assert.deepEqual(read('process.args_flags'), ['p', 'all']);
    assert.deepEqual(read('process.args_options'), ['p=80']);
    assert.equal(read('process.argv0'), '');
  });
});

describe('a process', () => {
  it('is that of exec and exit, under both names', () => {
    for (const type of ['exec', 'exit'] as const) {
      const forward = derive({ [`${type}.file.path`]: '/bin/x', [`${type}.pid`]: 5n }, null, type);
      assert.deepEqual([forward('process.file.name'), forward('process.pid')], ['x', 5]);
      const back = derive({ 'process.file.path': '/bin/y', 'process.uid': 7n }, null, type);
      assert.deepEqual([back(`${type}.file.name`), back(`${type}.uid`)], ['y', 7]);
    }
    const both = derive({ 'exec.pid': 1n, 'process.pid': 2n }, null, 'exec');
    assert.deepEqual([both('exec.pid'), both('process.pid')], [1, 2]);
  });

  it('is in the container of the event', () => {
    const forward = derive({ 'container.id': 'c' });
    assert.equal(forward('process.container.id'), 'c');
    assert.equal(derive({ 'process.container.id': 'd' })('container.id'), 'd');
  });

  it('has its first ancestor as parent', () => {
    const read = derive({}, [{ 'process.ancestors.pid': 3n, 'process.ancestors.file.path': '/s' }]);
    assert.deepEqual([read('process.parent.pid'), read('process.parent.file.name')], [3, 's']);
    assert.equal(read('process.ppid'), 3);
  });

  it('has its parent as first ancestor', () => {
    const read = derive({ 'process.parent.file.path': '/s', 'process.ppid': 3n });
    assert.deepEqual(read('process.ancestors.file.name'), ['s']);
    assert.deepEqual(read('process.ancestors.pid'), [3]);
    assert.equal(read('process.ancestors.length'), 1);
  });

  it('keeps parent and ancestors where both are given', () => {
    const read = derive({ 'process.parent.comm': 'p' }, [{ 'process.ancestors.comm': 'a' }]);
    assert.deepEqual([read('process.parent.comm'), read('process.ancestors.comm')], ['p', ['a']]);
  });

  it('names who created it', () => {
    const read = derive({}, [{ 'process.ancestors.pid': 3n }, { 'process.ancestors.pid': 2n }]);
    assert.deepEqual(read('process.ancestors.ppid'), [2, 0]);
    assert.equal(read('process.parent.ppid'), 2);
  });
});

describe('an event', () => {
  it('has its time, and is of Linux', () => {
    const read = derive({});
    assert.equal(read('event.timestamp'), baseTimeNs);
    assert.deepEqual([read('event.os'), read('event.origin')], ['linux', 'ebpf']);
  });

  it('is zero, empty and false for all else', () => {
    const read = derive({});
    assert.deepEqual(
      ['open.flags', 'open.file.path', 'open.created', 'process.argv', 'process.ancestors.pid'].map(
        read,
      ),
      [0, '', false, [], []],
    );
    assert.equal(read('process.cap_effective'), 0n);
  });
});
