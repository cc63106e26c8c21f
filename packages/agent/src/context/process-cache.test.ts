// SPDX-License-Identifier: Apache-2.0
// The process cache, by the stories that records tell.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CgroupCache } from './cgroup-cache.ts';
import { getInterpreterFile, getProgramFile } from './image.ts';
import { contextLimits } from './limits.ts';
import { ProcessCache } from './process-cache.ts';
import { getParent, isComplete, listAncestors, type ProcessEntry } from './process-entry.ts';
import {
  FakeProcSource,
  makeCache,
  makeCgroupRecord,
  makeExec,
  makeExit,
  makeFacts,
  makeFile,
  makeFork,
  makeProcess,
  startOf,
} from './record-samples.ts';
import { describeCgroup } from './told-cgroups.ts';

function describe(entry: ProcessEntry): string {
  return `${entry.pid}:${entry.image.executable?.path ?? '?'}`;
}

function describeAncestors(entry: ProcessEntry): string[] {
  return listAncestors(entry).map(describe);
}

/** A cache that knows pid 1 as /sbin/init and pid 10, its child, as /bin/bash. */
function makeShell(): ReturnType<typeof makeCache> {
  const made = makeCache();
  made.cache.applyExec(makeExec({ pid: 1, ppid: 0 }, '/sbin/init'));
  made.cache.applyFork(makeFork(makeFacts({ pid: 1 }), { pid: 10 }));
  made.cache.applyExec(makeExec({ pid: 10 }, '/bin/bash'));
  return made;
}

const shell = makeFacts({ pid: 10 });

test('a fork copy shares the image of its creator, which is its nearest ancestor', () => {
  const { cache } = makeShell();
  const child = cache.applyFork(makeFork(shell, { pid: 11 }));
  assert.equal(child.image, cache.find(10, startOf(10))?.image);
  assert.equal(child.isExec, false);
  assert.deepEqual(describeAncestors(child), ['10:/bin/bash', '1:/sbin/init']);
});

test('an exec after a fork leaves no trace of the fork copy', () => {
  const { cache } = makeShell();
  cache.applyFork(makeFork(shell, { pid: 11 }));
  const child = cache.applyExec(makeExec({ pid: 11, ppid: 10 }, '/bin/ls'));
  assert.deepEqual(describeAncestors(child), ['10:/bin/bash', '1:/sbin/init']);
  assert.equal(child.isExec, true);
});

test('an exec after an exec makes the earlier image an ancestor, but not the parent', () => {
  const { cache } = makeShell();
  cache.applyFork(makeFork(shell, { pid: 11 }));
  cache.applyExec(makeExec({ pid: 11, ppid: 10 }, '/usr/bin/env'));
  const child = cache.applyExec(makeExec({ pid: 11, ppid: 10 }, '/usr/bin/python3'));
  assert.deepEqual(describeAncestors(child), ['11:/usr/bin/env', '10:/bin/bash', '1:/sbin/init']);
  assert.equal(getParent(child)?.pid, 10);
});

test('a creator keeps the image it had when it forked', () => {
  const { cache } = makeShell();
  const child = cache.applyFork(makeFork(shell, { pid: 11 }));
  cache.applyExec(makeExec({ pid: 10, uid: 7 }, '/usr/bin/evil'));
  assert.equal(getParent(child)?.image.executable?.path, '/bin/bash');
  assert.equal(getParent(child)?.facts.uid, 0);
});

test('a creator that is a fork copy itself is an ancestor: it is another process', () => {
  const { cache } = makeShell();
  cache.applyFork(makeFork(shell, { pid: 11 }));
  cache.applyFork(makeFork(makeFacts({ pid: 11 }), { pid: 12 }));
  const child = cache.applyExec(makeExec({ pid: 12, ppid: 11 }, '/bin/ls'));
  assert.deepEqual(describeAncestors(child), ['11:/bin/bash', '10:/bin/bash', '1:/sbin/init']);
});

test('the lineage survives the end of the creator and the adoption by another process', () => {
  const { cache } = makeShell();
  cache.applyFork(makeFork(shell, { pid: 11 }));
  cache.applyExit(makeExit({ pid: 10 }));
  const child = cache.resolve(makeFacts({ pid: 11, ppid: 1 }));
  assert.equal(child.facts.ppid, 1);
  assert.equal(getParent(child)?.pid, 10);
});

test('CLONE_PARENT: the creator is the ancestor, whoever the parent is', () => {
  const { cache } = makeShell();
  const child = cache.applyFork(makeFork(shell, { pid: 11, ppid: 1 }));
  assert.equal(child.facts.ppid, 1);
  assert.equal(getParent(child)?.pid, 10);
});

test('a script is the program, and the image its interpreter', () => {
  const { cache } = makeShell();
  const script = makeFile('/opt/run.sh', { pathSource: 'caller' });
  const { image } = cache.applyExec(makeExec({ pid: 10 }, '/bin/dash', { script }));
  assert.equal(getProgramFile(image)?.path, '/opt/run.sh');
  assert.equal(getInterpreterFile(image)?.path, '/bin/dash');
  const plain = cache.applyExec(makeExec({ pid: 10 }, '/bin/ls'));
  assert.equal(getProgramFile(plain.image)?.path, '/bin/ls');
  assert.equal(getInterpreterFile(plain.image), null);
});

test('a header that tells nothing new makes no new entry', () => {
  const { cache } = makeShell();
  const before = cache.resolve(makeFacts({ pid: 10, comm: 'bash' }));
  assert.equal(cache.resolve(makeFacts({ pid: 10, comm: 'bash' })), before);
  assert.equal(cache.resolve(makeFacts({ pid: 10, tid: 15, comm: 'a thread' })), before);
});

test('credentials follow the header, and entries handed out before do not change', () => {
  const { cache } = makeShell();
  const before = cache.resolve(makeFacts({ pid: 10 }));
  const after = cache.resolve(makeFacts({ pid: 10, uid: 0xfffffffe, capEffective: 1n << 40n }));
  assert.equal(before.facts.uid, 0);
  assert.equal(after.facts.uid, 0xfffffffe);
  assert.equal(after.facts.capEffective, 1n << 40n);
});

test('an exiting task that left its namespaces is described by those it had', () => {
  const { cache } = makeShell();
  cache.applyFork(makeFork(shell, { pid: 11, mountNamespace: 77 }));
  const gone = { mountNamespace: 0, networkNamespace: 0, pidNamespace: 0 };
  const ended = cache.applyExit(makeExit({ pid: 11, ...gone }, 0x100));
  assert.equal(ended.facts.mountNamespace, 77);
  assert.deepEqual(ended.exit, { status: 0x100, timestampNs: 0n });
});

test('an exec by a thread that is not the leader is one of the process', () => {
  const { cache } = makeShell();
  const entry = cache.applyExec(makeExec({ pid: 10, tid: 10 }, '/bin/ls'));
  assert.equal(entry.pid, 10);
  assert.deepEqual(describeAncestors(entry), ['10:/bin/bash', '1:/sbin/init']);
});

test('a pid used again is another process, and late records find the first', () => {
  const { cache } = makeShell();
  cache.applyFork(makeFork(shell, { pid: 11 }));
  cache.applyExec(makeExec({ pid: 11 }, '/bin/first'));
  cache.applyExit(makeExit({ pid: 11 }));
  cache.applyFork(makeFork(shell, { pid: 11, startTimeNs: startOf(11) + 1n }));
  const second = cache.applyExec(
    makeExec({ pid: 11, startTimeNs: startOf(11) + 1n }, '/bin/second'),
  );
  assert.deepEqual(describeAncestors(second), ['10:/bin/bash', '1:/sbin/init']);
  assert.equal(describe(cache.resolve(makeFacts({ pid: 11 }))), '11:/bin/first');
  const late = makeFacts({ pid: 11, startTimeNs: startOf(11) + 1n });
  assert.equal(describe(cache.resolve(late)), '11:/bin/second');
  assert.equal(cache.readCounters().misses, 1);
});

test('a pid used again although no exit record came replaces the process', () => {
  const { cache } = makeShell();
  cache.applyFork(makeFork(shell, { pid: 11 }));
  const next = cache.resolve(makeFacts({ pid: 11, startTimeNs: startOf(11) + 5n }));
  assert.equal(next.image.source, 'none');
  assert.equal(cache.resolve(makeFacts({ pid: 11 })).image.executable?.path, '/bin/bash');
});

test('a process that was missed is read from /proc once', () => {
  const { cache, proc } = makeShell();
  proc.add(makeProcess(50, { ppid: 10, executable: makeFile('/bin/late') }));
  const entry = cache.resolve(makeFacts({ pid: 50, ppid: 10 }));
  assert.deepEqual(
    [describe(entry), ...describeAncestors(entry)],
    ['50:/bin/late', '10:/bin/bash', '1:/sbin/init'],
  );
  assert.equal(entry.startTime.ns, startOf(50));
  assert.equal(isComplete(entry), true);
  const reads = proc.reads;
  cache.resolve(makeFacts({ pid: 50, ppid: 10 }));
  assert.equal(proc.reads, reads);
  assert.equal(cache.readCounters().procHits, 1);
});

test('a /proc entry of another start is not believed, and the entry is incomplete', () => {
  const { cache, proc } = makeShell();
  proc.add(makeProcess(50, { startTicks: startOf(50) / 10_000_000n + 1n }));
  const entry = cache.resolve(makeFacts({ pid: 50, ppid: 10, uid: 33, comm: 'x' }));
  assert.equal(entry.image.source, 'none');
  assert.equal(entry.facts.uid, 33);
  assert.equal(isComplete(entry), false);
  assert.equal(cache.readCounters().incomplete, 1);
});

test('/proc is asked again for an incomplete process only after a while', () => {
  const { cache, proc, clock } = makeShell();
  cache.resolve(makeFacts({ pid: 50, ppid: 10 }));
  proc.add(makeProcess(50, { executable: makeFile('/bin/late') }));
  clock.ms = contextLimits.procAttemptIntervalMs - 1;
  assert.equal(cache.resolve(makeFacts({ pid: 50, ppid: 10 })).image.source, 'none');
  clock.ms = contextLimits.procAttemptIntervalMs;
  assert.equal(describe(cache.resolve(makeFacts({ pid: 50, ppid: 10 }))), '50:/bin/late');
});

test('reads of /proc within the stream are bounded, and refusals counted', () => {
  const { cache, proc } = makeShell();
  for (let pid = 1000; pid < 2000; pid++) cache.resolve(makeFacts({ pid, ppid: 10 }));
  assert.equal(proc.reads, contextLimits.procAttemptsPerSecondMax);
  for (let pid = 1900; pid < 2000; pid++) cache.resolve(makeFacts({ pid, ppid: 10 }));
  const { misses, procRefused, incomplete } = cache.readCounters();
  assert.equal(misses, 1001);
  assert.equal(incomplete, 1000);
  assert.equal(procRefused, 1100 - contextLimits.procAttemptsPerSecondMax);
});

test('parents of a missed process are read too, up to a limit', () => {
  const { cache, proc } = makeCache();
  for (let pid = 2; pid <= 40; pid++) proc.add(makeProcess(pid, { ppid: pid - 1 }));
  const entry = cache.resolve(makeFacts({ pid: 41, ppid: 40 }));
  const ancestors = listAncestors(entry);
  assert.equal(ancestors.length, contextLimits.procParentsMax);
  assert.equal(ancestors[0]?.pid, 40);
  assert.equal(ancestors.at(-1)?.lineage.source, 'none');
});

test('a parent younger than its child is somebody else with the same pid', () => {
  const { cache } = makeShell();
  cache.applyFork(makeFork(shell, { pid: 60 }));
  const entry = cache.resolve(makeFacts({ pid: 50, ppid: 60 }));
  assert.equal(entry.lineage.nearest, null);
  assert.equal(entry.lineage.source, 'none');
});

test('an exec of a process whose fork was missed has the image and the assumed lineage', () => {
  const { cache } = makeShell();
  const entry = cache.applyExec(makeExec({ pid: 50, ppid: 10 }, '/bin/ls'));
  assert.deepEqual(
    [describe(entry), ...describeAncestors(entry)],
    ['50:/bin/ls', '10:/bin/bash', '1:/sbin/init'],
  );
  assert.equal(entry.lineage.source, 'parent');
});

test('a fork by an unknown creator reads the creator, or describes it by its child', () => {
  const { cache, proc } = makeShell();
  proc.add(makeProcess(50, { ppid: 10, executable: makeFile('/bin/server') }));
  const known = cache.applyFork(makeFork(makeFacts({ pid: 50 }), { pid: 51 }));
  assert.equal(describe(known), '51:/bin/server');
  assert.deepEqual(describeAncestors(known), ['50:/bin/server', '10:/bin/bash', '1:/sbin/init']);
  const unknown = cache.applyFork(makeFork(makeFacts({ pid: 70 }), { pid: 71, uid: 5 }));
  assert.equal(unknown.image.source, 'none');
  assert.equal(getParent(unknown)?.facts.uid, 5);
  assert.equal(cache.readCounters().creatorMisses, 2);
});

test('the exit of an unknown process is described by its header', () => {
  const { cache } = makeShell();
  const ended = cache.applyExit(makeExit({ pid: 50, ppid: 10, comm: 'gone' }, 9));
  assert.equal(ended.exit?.status, 9);
  assert.equal(ended.facts.comm, 'gone');
  assert.equal(cache.find(50, startOf(50)), ended);
});

test('ended processes are kept by count and by age', () => {
  const { cache } = makeShell();
  for (let pid = 100; pid < 100 + contextLimits.endedProcessesMax + 10; pid++) {
    cache.applyFork(makeFork(shell, { pid }));
    cache.applyExit(makeExit({ pid }));
  }
  assert.equal(cache.readCounters().ended, contextLimits.endedProcessesMax);
  assert.equal(cache.find(100, startOf(100)), null);
  const laterNs = contextLimits.endedProcessAgeMaxNs + 1n;
  cache.applyFork(makeFork(shell, { pid: 99_999 }, laterNs));
  cache.applyExit(makeExit({ pid: 99_999 }, 0, laterNs));
  assert.equal(cache.readCounters().ended, 1);
});

test('processes whose exit was lost are found gone, after a grace', () => {
  const { cache, proc, clock } = makeShell();
  proc.add(makeProcess(1), makeProcess(10));
  cache.applyFork(makeFork(shell, { pid: 11 }));
  cache.dropVanished(10);
  clock.ms = contextLimits.vanishedGraceMs;
  cache.dropVanished(10);
  cache.dropVanished(10);
  const { live, vanished } = cache.readCounters();
  assert.deepEqual({ live, vanished }, { live: 2, vanished: 1 });
  assert.notEqual(cache.find(11, startOf(11)), null);
});

test('a control group announced after the fork is known from the next record on', () => {
  const { cache } = makeShell();
  const child = cache.applyFork(makeFork(shell, { pid: 11, cgroupId: 9n }));
  assert.equal(child.cgroup.path, '');
  cache.applyCgroup(makeCgroupRecord(9n, '/system.slice/ssh.service'));
  const entry = cache.resolve(makeFacts({ pid: 11, ppid: 10, cgroupId: 9n }));
  assert.equal(entry.cgroup.path, '/system.slice/ssh.service');
});

test('the kernel is told of each group that a record told of, by what its path shows', () => {
  const told: unknown[] = [];
  const cache = new ProcessCache({
    ...{ proc: new FakeProcSource(), cgroups: new CgroupCache(), clock: { nowMs: () => 0 } },
    tellCgroup: (key, group) => told.push(describeCgroup(key, group)),
  });
  cache.applyCgroup(makeCgroupRecord(9n, '/system.slice/ssh.service'));
  cache.applyCgroup(makeCgroupRecord(10n, `/docker/${'a'.repeat(64)}`));
  const { cgroupHierarchy: hierarchy } = makeCgroupRecord(9n, '/').process;
  assert.deepEqual(told, [
    { hierarchy, id: 9n, kind: 'plain' },
    { hierarchy, id: 10n, kind: 'of_container' },
  ]);
});

test('a process moved to the group of a container is in the container', () => {
  const { cache } = makeShell();
  const id = 'a'.repeat(64);
  cache.applyCgroup(makeCgroupRecord(9n, `/docker/${id}`));
  cache.applyFork(makeFork(shell, { pid: 11 }));
  const entry = cache.resolve(makeFacts({ pid: 11, ppid: 10, cgroupId: 9n }));
  assert.equal(entry.containerId, id);
  assert.equal(getParent(entry)?.containerId, '');
});

test('plain runc: the name of the group, kept in groups below and by children', () => {
  const { cache } = makeShell();
  cache.applyCgroup(makeCgroupRecord(9n, '/web'));
  cache.applyCgroup(makeCgroupRecord(10n, '/web/worker.slice'));
  const inside = { cgroupId: 9n, pidNamespace: 5, mountNamespace: 6 };
  // What runc itself does in the group, still outside of the namespaces.
  cache.applyFork(makeFork(shell, { pid: 11 }));
  cache.applyExec(makeExec({ pid: 11 }, '/usr/sbin/runc'));
  cache.applyExec(makeExec({ pid: 11, cgroupId: 9n }, '/usr/sbin/runc'));
  cache.applyFork(makeFork(makeFacts({ pid: 11 }), { pid: 12, cgroupId: 9n }));
  cache.applyFork(makeFork(makeFacts({ pid: 12 }), { pid: 13, ...inside }));
  const first = cache.applyExec(makeExec({ pid: 13, ...inside }, '/bin/sh'));
  assert.equal(first.containerId, 'web');
  const child = cache.applyFork(makeFork(first.facts, { pid: 14, ...inside, cgroupId: 10n }));
  assert.equal(child.containerId, 'web');
});

test('a sandbox in a group that the host uses is no container', () => {
  const { cache } = makeShell();
  cache.applyCgroup(makeCgroupRecord(9n, '/session'));
  cache.applyFork(makeFork(shell, { pid: 11, cgroupId: 9n }));
  cache.applyExec(makeExec({ pid: 11, cgroupId: 9n }, '/usr/bin/unshare'));
  const inside = { cgroupId: 9n, pidNamespace: 5, mountNamespace: 6 };
  const entry = cache.applyFork(makeFork(makeFacts({ pid: 11 }), { pid: 12, ...inside }));
  assert.equal(entry.containerId, '');
});

test('kernel threads are complete without an image', () => {
  const { cache, proc } = makeCache();
  proc.add(makeProcess(2, { ppid: 0, isKernelThread: true, executable: null, argv: [] }));
  const entry = cache.resolve(makeFacts({ pid: 2, ppid: 0, isKernelThread: true }));
  assert.equal(isComplete(entry), true);
  assert.equal(entry.isExec, false);
});

test('every process believed alive is listed as it was last seen, and none that ended', () => {
  const { cache } = makeShell();
  cache.applyFork(makeFork(shell, { pid: 11 }));
  cache.applyFork(makeFork(shell, { pid: 12 }));
  cache.applyExec(makeExec({ pid: 11, ppid: 10 }, '/bin/ls'));
  cache.applyExit(makeExit({ pid: 12 }));
  assert.deepEqual([...cache.listLive()].map(describe), [
    '1:/sbin/init',
    '10:/bin/bash',
    '11:/bin/ls',
  ]);
});

test('lineages that had to be shortened are counted', () => {
  const { cache } = makeShell();
  for (let count = 0; count < contextLimits.earlierImagesMax; count += 1) {
    cache.applyExec(makeExec({ pid: 10 }, '/bin/again'));
  }
  assert.equal(cache.readCounters().lineagesShortened, 1);
  const { cache: other } = makeShell();
  for (let pid = 11; pid < 11 + contextLimits.ancestorsMax; pid += 1) {
    other.applyFork(makeFork(makeFacts({ pid: pid - 1 }), { pid }));
  }
  assert.equal(other.readCounters().lineagesShortened, 1);
});
