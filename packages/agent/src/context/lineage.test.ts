// SPDX-License-Identifier: Apache-2.0
// Lineages against a plain model, and their bounds under chains that never end.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { contextLimits } from './limits.ts';
import { getParent, listAncestors, type ProcessEntry } from './process-entry.ts';
import { makeCache, makeExec, makeExit, makeFacts, makeFork, startOf } from './record-samples.ts';

function pathOf(entry: ProcessEntry): string {
  return entry.image.executable?.path ?? '';
}

function countOmitted(entry: ProcessEntry): number {
  return [entry, ...listAncestors(entry)].reduce((sum, { lineage }) => sum + lineage.omitted, 0);
}

/** Checks what every lineage promises of itself. */
function checkChain(entry: ProcessEntry): void {
  for (const link of [entry, ...listAncestors(entry)]) {
    const ancestors = listAncestors(link);
    assert.equal(link.lineage.length, ancestors.length);
    const own = ancestors.findIndex(({ startTime }) => startTime !== link.startTime);
    assert.equal(link.lineage.earlierImages, own < 0 ? ancestors.length : own);
    assert.ok(link.lineage.length <= contextLimits.ancestorsMax);
    assert.ok(link.lineage.earlierImages < contextLimits.earlierImagesMax);
  }
}

type ModelProcess = { readonly pid: number; path: string; isExec: boolean; ancestors: string[] };

test('lineages are those of a plain model of fork and exec', () => {
  const step = fc.record({
    act: fc.constantFrom('fork', 'exec', 'exit'),
    pick: fc.nat(),
    program: fc.nat(5),
  });
  const story = fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const { cache } = makeCache();
    cache.applyExec(makeExec({ pid: 1, ppid: 0 }, '/p0'));
    const live: ModelProcess[] = [{ pid: 1, path: '/p0', isExec: true, ancestors: [] }];
    let pid = 1;
    for (const { act, pick, program } of steps) {
      const actor = live[pick % live.length];
      if (actor === undefined) return;
      const self = `${actor.pid}${actor.path}`;
      if (act === 'fork') {
        pid += 1;
        cache.applyFork(makeFork(makeFacts({ pid: actor.pid }), { pid }));
        live.push({
          pid,
          path: actor.path,
          isExec: false,
          ancestors: [self, ...actor.ancestors],
        });
      } else if (act === 'exec') {
        cache.applyExec(makeExec({ pid: actor.pid }, `/p${program}`));
        if (actor.isExec) actor.ancestors = [self, ...actor.ancestors];
        actor.path = `/p${program}`;
        actor.isExec = true;
      } else if (live.length > 1) {
        cache.applyExit(makeExit({ pid: actor.pid }));
        live.splice(live.indexOf(actor), 1);
      }
    }
    for (const { pid: known, path, ancestors } of live) {
      // Longer ones are cut, which other tests look at.
      if (ancestors.length >= contextLimits.earlierImagesMax) continue;
      const entry = cache.find(known, startOf(known));
      assert.ok(entry !== null);
      assert.equal(pathOf(entry), path);
      assert.deepEqual(
        listAncestors(entry).map((ancestor) => `${ancestor.pid}${pathOf(ancestor)}`),
        ancestors,
      );
      checkChain(entry);
    }
  });
  fc.assert(story, { numRuns: 300 });
});

test('a daemon that executes itself for weeks keeps its first and its last images', () => {
  const { cache } = makeCache();
  cache.applyExec(makeExec({ pid: 1, ppid: 0 }, '/sbin/init'));
  cache.applyFork(makeFork(makeFacts({ pid: 1 }), { pid: 2 }));
  const execs = 10_000;
  for (let count = 0; count < execs; count++) {
    cache.applyExec(makeExec({ pid: 2 }, `/daemon${count}`));
  }
  const entry = cache.find(2, startOf(2));
  assert.ok(entry !== null);
  checkChain(entry);
  const paths = listAncestors(entry).map(pathOf);
  assert.equal(paths[0], `/daemon${execs - 2}`);
  assert.equal(paths.at(-1), '/sbin/init');
  assert.deepEqual(paths.slice(-5, -1), ['/daemon3', '/daemon2', '/daemon1', '/daemon0']);
  assert.equal(paths.length + countOmitted(entry), execs);
  assert.equal(getParent(entry)?.pid, 1);
});

test('processes that each fork the next and end keep their first and their last ancestors', () => {
  const { cache } = makeCache();
  cache.applyExec(makeExec({ pid: 1, ppid: 0 }, '/sbin/init'));
  const forks = 100_000;
  for (let pid = 2; pid <= forks; pid++) {
    cache.applyFork(makeFork(makeFacts({ pid: pid - 1 }), { pid }));
    if (pid > 2) cache.applyExit(makeExit({ pid: pid - 1 }));
  }
  const entry = cache.find(forks, startOf(forks));
  assert.ok(entry !== null);
  checkChain(entry);
  const ancestors = listAncestors(entry);
  assert.equal(ancestors[0]?.pid, forks - 1);
  assert.deepEqual(
    ancestors.slice(-3).map(({ pid }) => pid),
    [3, 2, 1],
  );
  assert.equal(ancestors.length + countOmitted(entry), forks - 1);
  const { live, ended } = cache.readCounters();
  assert.equal(live, 2);
  assert.ok(ended <= contextLimits.endedProcessesMax);
});

test('a shell that forks for weeks holds no more than its last children', () => {
  const { cache } = makeCache();
  cache.applyExec(makeExec({ pid: 1, ppid: 0 }, '/bin/sh'));
  const shell = makeFacts({ pid: 1 });
  const start = process.memoryUsage().heapUsed;
  for (let pid = 2; pid < 100_000; pid++) {
    cache.applyFork(makeFork(shell, { pid }));
    cache.applyExec(makeExec({ pid }, '/bin/ls'));
    cache.applyExit(makeExit({ pid }));
  }
  const { live, ended } = cache.readCounters();
  assert.deepEqual({ live, ended }, { live: 1, ended: contextLimits.endedProcessesMax });
  // Far below what 100,000 processes would take, and far above what the ended ones do.
  assert.ok(process.memoryUsage().heapUsed - start < 150 * 1024 * 1024);
});

test('a storm of execs and forks in one chain is bounded both ways', () => {
  const { cache } = makeCache();
  cache.applyExec(makeExec({ pid: 1, ppid: 0 }, '/first'));
  for (let pid = 2; pid < 2000; pid++) {
    cache.applyFork(makeFork(makeFacts({ pid: pid - 1 }), { pid }));
    for (let count = 0; count < pid % 23; count++) {
      cache.applyExec(makeExec({ pid }, `/again${count}`));
    }
    const entry = cache.find(pid, startOf(pid));
    assert.ok(entry !== null);
    if (pid % 97 === 0) checkChain(entry);
    const first = listAncestors(entry).at(-1);
    assert.equal(first === undefined ? '' : pathOf(first), '/first');
  }
});
