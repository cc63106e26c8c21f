// SPDX-License-Identifier: Apache-2.0
// What variables belong to: the same object for the same process, container and group, and others
// for others.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StructValues } from '@fimbul/schema';
import { ContainerOwners } from '../context/container-owners.ts';
import { unknownLineage } from '../context/lineage.ts';
import type { ProcessCache } from '../context/process-cache.ts';
import {
  makeCache,
  makeCgroupRecord,
  makeExec,
  makeFacts,
  makeFork,
} from '../context/record-samples.ts';
import { makeEventHost } from './event-host.ts';
import { makeEvent, makeHeader } from './event-samples.ts';
import type { EventView } from './event-view.ts';

const host = makeEventHost({ containers: new ContainerOwners(), makeUuid: () => 'u' });

function eventOf(cache: ProcessCache, pid: number, header: StructValues = {}): EventView {
  return makeEvent('open', { header: makeHeader(pid, header) }, cache);
}

/** 10 forked 20, which forked 30 and 31. */
function makeFamily(): ProcessCache {
  const { cache } = makeCache();
  cache.applyExec(makeExec({ pid: 10 }, '/bin/a'));
  for (const [parent, pid] of [
    [10, 20],
    [20, 30],
    [20, 31],
  ] as const) {
    cache.applyFork(makeFork(makeFacts({ pid: parent }), { pid, ppid: parent }));
  }
  return cache;
}

describe('a process', () => {
  it('is the same before and after an exec, and each process is another', () => {
    const cache = makeFamily();
    const before = host.getOwner(eventOf(cache, 30), 'process', null);
    cache.applyExec(makeExec({ pid: 30, ppid: 20 }, '/bin/b'));
    assert.equal(host.getOwner(eventOf(cache, 30), 'process', null), before);
    assert.notEqual(host.getOwner(eventOf(cache, 31), 'process', null), before);
  });

  it('leads to those that created it, past its earlier images, up to the first', () => {
    const cache = makeFamily();
    cache.applyExec(makeExec({ pid: 30, ppid: 20 }, '/bin/b'));
    cache.applyExec(makeExec({ pid: 30, ppid: 20 }, '/bin/c'));
    const owner = host.getOwner(eventOf(cache, 30), 'process', null);
    assert.ok(owner);
    const parent = host.getParentOwner(owner);
    assert.ok(parent);
    assert.equal(parent, host.getOwner(eventOf(cache, 20), 'process', null));
    assert.equal(parent, host.getOwner(eventOf(cache, 31), 'process', 'process.parent'));
    const grandparent = host.getParentOwner(parent);
    assert.ok(grandparent);
    assert.equal(grandparent, host.getOwner(eventOf(cache, 10), 'process', null));
    assert.equal(host.getParentOwner(grandparent), null);
    assert.equal(host.getParentOwner({}), null);
  });

  it('leads on by what its own events told, whatever was known when it forked', () => {
    const cache = makeFamily();
    const parent = eventOf(cache, 20).subject;
    const { entry, facts } = eventOf(cache, 30).subject;
    // Who created it was not known yet.
    const asItForked = { ...parent.entry, lineage: unknownLineage };
    const lineage = { ...entry.lineage, nearest: asItForked };
    const child = eventOf(cache, 30);
    child.moveTo('open', { entry: { ...entry, lineage }, facts });
    const owner = host.getOwner(eventOf(cache, 20), 'process', null);
    assert.ok(owner);
    assert.equal(host.getOwner(child, 'process', 'process.parent'), owner);
    const grandparent = host.getOwner(eventOf(cache, 10), 'process', null);
    assert.equal(host.getParentOwner(owner), grandparent);
  });

  it('without a known parent has none to set', () => {
    const { cache } = makeCache();
    assert.equal(host.getOwner(eventOf(cache, 50), 'process', 'process.parent'), null);
  });
});

describe('a container and a control group', () => {
  const id = 'b'.repeat(64);

  it('are the same for all in them, and null where there is none', () => {
    const { cache } = makeCache();
    cache.applyCgroup(makeCgroupRecord(5n, `/docker/${id}`));
    cache.applyCgroup(makeCgroupRecord(6n, `/docker/${id}/inner`));
    const outer = eventOf(cache, 20, { cgroup_id: 5n });
    const inner = eventOf(cache, 21, { cgroup_id: 6n });
    const outside = eventOf(cache, 22);
    const unknown = eventOf(cache, 23, { cgroup_id: 99n });
    const container = host.getOwner(outer, 'container', null);
    assert.ok(container);
    assert.equal(host.getOwner(inner, 'container', null), container);
    assert.equal(host.getOwner(outside, 'container', null), null);
    const group = host.getOwner(outer, 'cgroup', null);
    assert.ok(group);
    assert.notEqual(host.getOwner(inner, 'cgroup', null), group);
    const again = eventOf(cache, 24, { cgroup_id: 5n });
    assert.equal(host.getOwner(again, 'cgroup', null), group);
    assert.equal(host.getOwner(unknown, 'cgroup', null), null);
  });
});

it('time never goes back', () => {
  const { cache } = makeCache();
  const at = (timestamp_ns: bigint): EventView =>
    makeEvent('open', { header: { ...makeHeader(7), timestamp_ns } }, cache);
  assert.equal(host.getTimeNs(at(2n ** 60n)), 2n ** 60n);
  assert.equal(host.getTimeNs(at(5n)), 2n ** 60n);
  assert.equal(host.getTimeNs(at(2n ** 60n + 1n)), 2n ** 60n + 1n);
});
