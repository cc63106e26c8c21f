// SPDX-License-Identifier: Apache-2.0
// The snapshot, and the stream that is behind it at first.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tickNs } from './proc-source.ts';
import { getParent, listAncestors, type ProcessEntry } from './process-entry.ts';
import { snapshotProcesses } from './process-snapshot.ts';
import {
  FakeProcSource,
  makeCache,
  makeExec,
  makeExit,
  makeFacts,
  makeFile,
  makeFork,
  makeProcess,
  startOf,
} from './record-samples.ts';

function describe(entry: ProcessEntry | null): string[] {
  if (entry === null) return [];
  return [entry, ...listAncestors(entry)].map(
    ({ pid, image }) => `${pid}:${image.executable?.path}`,
  );
}

/** Three generations, listed in an order that is not that of their births. */
function makeProc(): FakeProcSource {
  const proc = new FakeProcSource().add(
    makeProcess(30, { ppid: 20, executable: makeFile('/bin/vim'), argv: ['vim', 'a'] }),
    makeProcess(20, { ppid: 1, executable: makeFile('/bin/bash') }),
    makeProcess(1, { ppid: 0, executable: makeFile('/sbin/init') }),
    makeProcess(40, { ppid: 1, isZombie: true }),
  );
  proc.bootTimeNs = 1000n * tickNs;
  return proc;
}

const beforeNs = 999n * tickNs;
const duringNs = 1000n * tickNs + 5n;
const afterNs = 1002n * tickNs;

test('parents go in first, whatever the order of pids; zombies do not', () => {
  const { cache, proc } = makeCache(makeProc());
  const report = snapshotProcesses(cache, proc);
  assert.deepEqual(report, { isPossible: true, inserted: 3, known: 0, ended: 1 });
  assert.deepEqual(describe(cache.find(30, startOf(30))), [
    '30:/bin/vim',
    '20:/bin/bash',
    '1:/sbin/init',
  ]);
});

test('a fork copy is known as one', () => {
  const { cache, proc } = makeCache(makeProc());
  proc.add(makeProcess(31, { ppid: 20, isForkCopy: true, executable: makeFile('/bin/bash') }));
  snapshotProcesses(cache, proc);
  assert.equal(cache.find(31, startOf(31))?.isExec, false);
  assert.equal(cache.find(30, startOf(30))?.isExec, true);
});

test('the tick of a start matches a record, which makes it exact', () => {
  const { cache, proc } = makeCache(makeProc());
  snapshotProcesses(cache, proc);
  const child = cache.applyFork(makeFork(makeFacts({ pid: 30 }), { pid: 32 }, afterNs));
  assert.deepEqual(getParent(child)?.startTime, { ns: startOf(30), isExact: true });
  assert.equal(cache.resolve(makeFacts({ pid: 30 })).startTime.ns, startOf(30));
});

test('a pid used again within the same tick is another process', () => {
  const { cache, proc } = makeCache(makeProc());
  snapshotProcesses(cache, proc);
  assert.deepEqual(describe(cache.resolve(makeFacts({ pid: 30 }))).slice(0, 1), ['30:/bin/vim']);
  cache.applyExit(makeExit({ pid: 30 }, 0, afterNs));
  const again = { pid: 30, startTimeNs: startOf(30) + 1n };
  cache.applyFork(makeFork(makeFacts({ pid: 20 }), again, afterNs));
  assert.deepEqual(describe(cache.resolve(makeFacts(again))).slice(0, 1), ['30:/bin/bash']);
});

test('what records told is not overwritten', () => {
  const { cache, proc } = makeCache(makeProc());
  cache.applyExec(makeExec({ pid: 30 }, '/bin/told'));
  cache.applyFork(makeFork(makeFacts({ pid: 30 }), { pid: 20, startTimeNs: startOf(20) }));
  cache.applyExit(makeExit({ pid: 20 }));
  const report = snapshotProcesses(cache, proc);
  assert.equal(describe(cache.find(30, startOf(30)))[0], '30:/bin/told');
  assert.notEqual(cache.find(20, startOf(20))?.exit, null);
  assert.equal(report.inserted + report.known, 3);
});

test('an exec that the snapshot already shows is not an earlier image', () => {
  for (const timestampNs of [beforeNs, duringNs]) {
    const { cache, proc } = makeCache(makeProc());
    snapshotProcesses(cache, proc);
    cache.applyExec(makeExec({ pid: 30 }, '/bin/vim', { argv: ['vim', 'a'], timestampNs }));
    assert.deepEqual(describe(cache.find(30, startOf(30))), [
      '30:/bin/vim',
      '20:/bin/bash',
      '1:/sbin/init',
    ]);
  }
});

test('an exec after the snapshot makes what it showed an earlier image', () => {
  for (const timestampNs of [duringNs, afterNs]) {
    const { cache, proc } = makeCache(makeProc());
    snapshotProcesses(cache, proc);
    cache.applyExec(makeExec({ pid: 30 }, '/bin/next', { timestampNs }));
    assert.deepEqual(describe(cache.find(30, startOf(30))).slice(0, 2), [
      '30:/bin/next',
      '30:/bin/vim',
    ]);
  }
});

test('two execs that the snapshot had passed by are told in order', () => {
  const { cache, proc } = makeCache(makeProc());
  snapshotProcesses(cache, proc);
  cache.applyExec(makeExec({ pid: 30 }, '/usr/bin/env', { timestampNs: beforeNs }));
  cache.applyExec(makeExec({ pid: 30 }, '/bin/vim', { timestampNs: beforeNs + 1n }));
  assert.deepEqual(describe(cache.find(30, startOf(30))).slice(0, 3), [
    '30:/bin/vim',
    '30:/usr/bin/env',
    '20:/bin/bash',
  ]);
});

test('a fork record corrects the creator, and leaves the image that was read', () => {
  const { cache, proc } = makeCache(makeProc());
  proc.add(makeProcess(25, { ppid: 20, executable: makeFile('/bin/gone') }));
  // Adopted by the first process when its creator ended.
  proc.add(makeProcess(30, { ppid: 1, executable: makeFile('/bin/vim') }));
  snapshotProcesses(cache, proc);
  const entry = cache.applyFork(makeFork(makeFacts({ pid: 25 }), { pid: 30, ppid: 25 }, beforeNs));
  assert.deepEqual(describe(entry), [
    '30:/bin/vim',
    '25:/bin/gone',
    '20:/bin/bash',
    '1:/sbin/init',
  ]);
  assert.equal(entry.lineage.source, 'record');
});

test('a circle of parents, which pids used again can show, ends', () => {
  const { cache, proc } = makeCache(
    new FakeProcSource().add(makeProcess(8, { ppid: 9 }), makeProcess(9, { ppid: 8 })),
  );
  snapshotProcesses(cache, proc);
  assert.equal(cache.readCounters().live, 2);
});

test('nothing is read where pids are those of another namespace', () => {
  const { cache, proc } = makeCache(makeProc());
  proc.showsAll = false;
  assert.equal(snapshotProcesses(cache, proc).isPossible, false);
  assert.equal(cache.readCounters().live, 0);
  cache.resolve(makeFacts({ pid: 30 }));
  assert.equal(proc.reads, 0);
});
