// SPDX-License-Identifier: Apache-2.0
// Who did it, on this kernel: the process cache over real records and the real /proc. What a record
// tells of a process and what /proc shows of it must be the same.

import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  getObjectPath,
  loadNative,
  type Probe,
  planProbe,
  RecordBatch,
  RecordView,
  type Result,
  readCgroupRecord,
  readExecRecord,
  readExitRecord,
  readForkRecord,
  readKernelFeatures,
  readObjectFile,
  startProbe,
} from '@fimbul/probe';
import { CgroupCache } from '../../packages/agent/src/context/cgroup-cache.ts';
import { NodeNameFiles } from '../../packages/agent/src/context/name-files.ts';
import { NodeProcSource } from '../../packages/agent/src/context/node-proc-source.ts';
import {
  factsFromProc,
  imageFromProc,
  nsToTicks,
} from '../../packages/agent/src/context/proc-entry.ts';
import { tickNs } from '../../packages/agent/src/context/proc-source.ts';
import { ProcessCache } from '../../packages/agent/src/context/process-cache.ts';
import {
  getParent,
  isComplete,
  listAncestors,
  type ProcessEntry,
} from '../../packages/agent/src/context/process-entry.ts';
import { snapshotProcesses } from '../../packages/agent/src/context/process-snapshot.ts';
import { UserNames } from '../../packages/agent/src/context/user-names.ts';
import { RuncContainer } from './runc-container.ts';

const clock = { nowMs: () => performance.now() };
const proc = new NodeProcSource();
const directory = mkdtempSync(join(tmpdir(), 'fimbul-who-'));
const started: ChildProcess[] = [];

function makeCache(): ProcessCache {
  return new ProcessCache({ proc, cgroups: new CgroupCache(), clock });
}

function expect<Value>(result: Result<Value>): Value {
  if (!result.ok) throw result.error;
  return result.value;
}

/** The cache of an agent: hooks, then the snapshot, then the stream. */
class Stream {
  readonly cache = makeCache();
  readonly executed: ProcessEntry[] = [];
  readonly ended: ProcessEntry[] = [];
  readonly #probe: Probe;
  readonly #batch = new RecordBatch(1024 * 1024, 4096);
  readonly #record = new RecordView(this.#batch);

  constructor() {
    const native = loadNative();
    const plan = planProbe(expect(readKernelFeatures(native)), 'auto');
    if ('what' in plan) throw new Error(plan.what);
    this.#probe = expect(
      startProbe(native, {
        plan,
        objectBytes: expect(readObjectFile(getObjectPath())),
        filter: { operations: [], paths: { states: [], classes: [] }, programs: null },
        ringBytes: 16 * 1024 * 1024,
        agentPid: 0,
      }),
    );
    snapshotProcesses(this.cache, proc);
  }

  /** Applies every record that was sent. */
  read(): void {
    for (;;) {
      this.#probe.read(this.#batch);
      if (this.#batch.count === 0) return;
      for (let index = 0; index < this.#batch.count; index++) this.#apply(index);
    }
  }

  close(): void {
    this.#probe.detach();
    this.#probe.close();
  }

  #apply(index: number): void {
    const kind = this.#record.moveTo(this.#batch, index);
    if (kind === 'cgroup') this.cache.applyCgroup(readCgroupRecord(this.#record));
    else if (kind === 'fork') this.cache.applyFork(readForkRecord(this.#record));
    else if (kind === 'exec')
      this.executed.push(this.cache.applyExec(readExecRecord(this.#record)));
    else if (kind === 'exit') this.ended.push(this.cache.applyExit(readExitRecord(this.#record)));
  }
}

let stream: Stream;

before(() => {
  stream = new Stream();
});

after(() => {
  for (const child of started) child.kill('SIGKILL');
  stream.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Starts a program that says a line once it runs; it ends with its input. */
async function start(program: string, args: readonly string[]): Promise<number> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  started.push(child);
  await once(child.stdout, 'data');
  stream.read();
  return child.pid ?? 0;
}

function findLive(cache: ProcessCache, pid: number): ProcessEntry {
  const ticks = proc.readStartTicks(pid);
  assert.ok(ticks !== null);
  const exact = stream.executed.find(
    (entry) => entry.pid === pid && nsToTicks(entry.startTime.ns) === ticks,
  );
  const entry = cache.find(pid, exact?.startTime.ns ?? ticks * tickNs);
  assert.ok(entry !== null);
  return entry;
}

const waits = 'echo ready; read line';

test('this process is in the snapshot, below its parent; kernel threads run no file', () => {
  const own = findLive(stream.cache, process.pid);
  assert.equal(getParent(own)?.pid, process.ppid);
  assert.equal(isComplete(own), true);
  const thread = findLive(stream.cache, 2);
  assert.equal(thread.facts.isKernelThread, true);
  assert.equal(thread.image.executable, null);
  assert.equal(isComplete(thread), true);
});

test('a record and /proc tell the same of a process', async () => {
  const pid = await start('/bin/sh', ['-c', waits, 'a b', '', 'c\nd']);
  const entry = findLive(stream.cache, pid);
  const read = proc.readProcess(pid)?.process;
  assert.ok(read !== undefined);
  assert.equal(entry.image.source, 'record');
  const { source: _, startedAtNs: __, ...recorded } = entry.image;
  const { source: ___, startedAtNs: ____, ...shown } = imageFromProc(read);
  assert.deepEqual(shown, recorded);
  const facts = factsFromProc(read);
  assert.equal(nsToTicks(entry.facts.startTimeNs), nsToTicks(facts.startTimeNs));
  assert.deepEqual({ ...facts, startTimeNs: 0n }, { ...entry.facts, startTimeNs: 0n });
  assert.equal(entry.cgroup.path, read.cgroup?.path);
});

test('a record and /proc tell the same of a script', async () => {
  const path = join(directory, 'script.sh');
  writeFileSync(path, `#!/bin/sh -e\n${waits}\n`);
  chmodSync(path, 0o755);
  const pid = await start(path, ['argument']);
  const { image } = findLive(stream.cache, pid);
  const shown = proc.readProcess(pid)?.process;
  assert.equal(image.script?.path, path);
  assert.equal(shown?.script?.path, path);
  assert.equal(shown.script.pathSource, image.script.pathSource);
  assert.equal(image.executable?.path, shown.executable?.path);
  assert.deepEqual(image.argv, shown.argv);
});

test('a record and /proc call a terminal the same', async () => {
  const wrapper = await start('script', ['--quiet', '--command', waits, '/dev/null']);
  const inside = stream.executed.findLast(({ facts }) => facts.ppid === wrapper);
  assert.ok(inside !== undefined);
  assert.match(inside.image.terminal, /^pts\d+$/);
  assert.equal(proc.readProcess(inside.pid)?.process.terminal, inside.image.terminal);
});

test('a process that lived a millisecond is explained', async () => {
  const pid = await start('/bin/sh', ['-c', `/bin/true; ${waits}`]);
  const entry = stream.ended.findLast(({ image }) => image.argv[0] === '/bin/true');
  assert.ok(entry !== undefined);
  assert.equal(entry.facts.ppid, pid);
  assert.deepEqual(
    listAncestors(entry)
      .slice(0, 2)
      .map((ancestor) => ancestor.pid),
    [pid, process.pid],
  );
  assert.equal(entry.exit?.status, 0);
});

test('the executable of a process whose first thread ended is found through another', async () => {
  const source = join(directory, 'leader.c');
  const program = join(directory, 'leader');
  writeFileSync(
    source,
    `#include <pthread.h>
#include <unistd.h>
static void *stay(void *first)
{
	char byte;

	pthread_join(*(pthread_t *)first, 0);
	write(1, "ready\\n", 6);
	return (void *)read(0, &byte, 1);
}
int main(void)
{
	static pthread_t first, other;

	first = pthread_self();
	pthread_create(&other, 0, stay, &first);
	pthread_exit(0);
}
`,
  );
  execFileSync('clang', ['-pthread', '-o', program, source]);
  const pid = await start(program, []);
  const read = proc.readProcess(pid)?.process;
  assert.equal(read?.isZombie, false);
  assert.equal(read.executable?.path, program);
  assert.equal(read.mountNamespace, findLive(stream.cache, pid).facts.mountNamespace);
});

test('plain runc: its name, by record and by snapshot, and the names of its users', async () => {
  const name = `fimbul-test-${process.pid}`;
  const container = await RuncContainer.start({
    name,
    args: ['/bin/sh', '-c', `/bin/true; ${waits}`],
  });
  try {
    container.exec('/bin/ls', '/bin');
    stream.read();
    const { pid } = container;
    const recorded = findLive(stream.cache, pid);
    assert.equal(recorded.image.source, 'record');
    assert.equal(recorded.image.executable?.path, '/bin/busybox');
    assert.equal(recorded.containerId, name);
    assert.ok(recorded.cgroup.path.endsWith(`/${name}`), recorded.cgroup.path);
    const runtime = listAncestors(recorded).find(({ facts }) => facts.comm === 'runc');
    assert.equal(runtime?.containerId, '');

    for (const program of ['/bin/true', '/bin/ls']) {
      const gone = stream.ended.findLast(({ image }) => image.argv[0] === program);
      assert.equal(gone?.containerId, name, program);
    }

    const cache = makeCache();
    snapshotProcesses(cache, proc);
    const shown = findLive(cache, pid);
    assert.equal(shown.image.source, 'proc');
    assert.equal(shown.containerId, name);
    assert.equal(shown.cgroup.path, recorded.cgroup.path);
    assert.deepEqual(shown.image.executable, recorded.image.executable);

    const names = new UserNames({ files: new NodeNameFiles(), clock, processes: stream.cache });
    assert.equal(names.findUser(0, recorded.facts), 'captain');
    assert.equal(names.findGroup(0, recorded.facts), 'crew');
    assert.equal(names.findUser(0, findLive(stream.cache, process.pid).facts), 'root');
  } finally {
    container.remove();
  }
});

test('a container under the path of a runtime has the identifier of that runtime', async () => {
  const id = `${process.pid.toString(16).padStart(8, '0')}${'c0ffee00'.repeat(7)}`;
  const container = await RuncContainer.start({
    name: `fimbul-test-path-${process.pid}`,
    args: ['/bin/sh', '-c', waits],
    cgroupsPath: `/${id}`,
  });
  try {
    stream.read();
    const cache = makeCache();
    snapshotProcesses(cache, proc);
    assert.equal(findLive(stream.cache, container.pid).containerId, id);
    assert.equal(findLive(cache, container.pid).containerId, id);
  } finally {
    container.remove();
  }
});

test('a sandbox in the group of who made it is no container', async () => {
  const own = findLive(stream.cache, process.pid);
  const script = `exec unshare --pid --mount-proc --fork /bin/sh -c '${waits}'`;
  // By a shell of its own: the group must have been used by the host before.
  const pid = await start('/bin/sh', ['-c', script]);
  const inside = stream.executed.findLast(({ lineage }) => lineage.nearest?.pid === pid);
  assert.ok(inside !== undefined);
  assert.notEqual(inside.facts.pidNamespace, own.facts.pidNamespace);
  assert.notEqual(inside.facts.mountNamespace, own.facts.mountNamespace);
  assert.equal(inside.containerId, own.containerId);
  const cache = makeCache();
  snapshotProcesses(cache, proc);
  assert.equal(findLive(cache, inside.pid).containerId, own.containerId);
});
