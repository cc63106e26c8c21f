// SPDX-License-Identifier: Apache-2.0
// A signal reaches the process that was meant, or nobody. All processes here are the test's own.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { afterEach, test } from 'node:test';
import { loadNative } from './native.ts';

const native = loadNative();
const { ESRCH, EINVAL } = constants.errno;
const { SIGKILL, SIGTERM } = constants.signals;
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

async function startSleeper(): Promise<{ child: ChildProcess; pid: number; ticks: bigint }> {
  const child = spawn('sleep', ['600'], { stdio: 'ignore' });
  children.push(child);
  await once(child, 'spawn');
  const { pid } = child;
  assert.ok(pid !== undefined);
  return { child, pid, ticks: readStartTicks(pid) };
}

function readStartTicks(pid: number): bigint {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return BigInt(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '');
}

test('the process that started then gets the signal', async () => {
  const { child, pid, ticks } = await startSleeper();
  assert.equal(native.signalProcess(pid, ticks, SIGTERM), 0);
  assert.deepEqual(await once(child, 'exit'), [null, 'SIGTERM']);
});

test('another process with the same pid gets none', async () => {
  const { child, pid, ticks } = await startSleeper();
  assert.equal(native.signalProcess(pid, ticks - 1n, SIGKILL), ESRCH);
  assert.equal(native.signalProcess(pid, ticks + 1n, SIGKILL), ESRCH);
  assert.equal(native.signalProcess(pid, ticks * 10n, SIGKILL), ESRCH);
  assert.equal(readStartTicks(pid), ticks);
  assert.equal(child.signalCode, null);
});

test('a name with spaces and parentheses does not hide the start', async () => {
  const child = spawn('sh', ['-c', 'printf "a) 1 2 (b" > /proc/self/comm; read x'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  children.push(child);
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  const deadline = AbortSignal.timeout(10_000);
  while (readFileSync(`/proc/${pid}/comm`, 'latin1') !== 'a) 1 2 (b\n') {
    assert.ok(!deadline.aborted, 'the name did not change');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.equal(native.signalProcess(pid, readStartTicks(pid), SIGTERM), 0);
  assert.deepEqual(await once(child, 'exit'), [null, 'SIGTERM']);
});

test('a process that is gone, and what is no process or signal, is an errno', async () => {
  const { child, pid, ticks } = await startSleeper();
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.equal(native.signalProcess(pid, ticks, SIGTERM), ESRCH);
  assert.equal(native.signalProcess(0, 0n, SIGTERM), EINVAL);
  const other = await startSleeper();
  assert.equal(native.signalProcess(other.pid, other.ticks, 9999), EINVAL);
});

test('a process that has ended and waits for its parent is gone', async () => {
  // The shell becomes a program that never asks for its children.
  const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 600'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(parent);
  const [line] = await once(parent.stdout.setEncoding('utf8'), 'data');
  const pid = Number(line);
  const deadline = AbortSignal.timeout(10_000);
  while (!readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ')) {
    assert.ok(!deadline.aborted, 'the child did not end');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.equal(native.signalProcess(pid, readStartTicks(pid), SIGTERM), ESRCH);
});

test('no descriptor stays open', async () => {
  const { pid, ticks } = await startSleeper();
  const count = (): number => readdirSync('/proc/self/fd').length;
  const before = count();
  for (let round = 0; round < 20; round += 1) {
    native.signalProcess(pid, ticks, 0);
    native.signalProcess(pid, 1n, 0);
  }
  assert.equal(count(), before);
});
