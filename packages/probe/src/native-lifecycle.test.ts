// SPDX-License-Identifier: Apache-2.0
// The ends of things: garbage collection, exits and exceptions with live kernel handles, in child
// processes and worker threads. A crash of the addon is a signal, which every test here excludes.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { compileNumbered } from './testing/numbered.ts';

const childScript = fileURLToPath(new URL('./testing/lifecycle-child.ts', import.meta.url));
const workerScript = new URL('./testing/lifecycle-worker.ts', import.meta.url);
const bytes = compileNumbered();
const directory = mkdtempSync(join(tmpdir(), 'fimbul-lifecycle-'));
const objectPath = join(directory, 'numbered.bpf.o');
writeFileSync(objectPath, bytes);
after(() => rmSync(directory, { recursive: true }));

type Ending = { code: number | null; signal: string | null; stdout: string; stderr: string };

async function runProgram(program: string, args: readonly string[]): Promise<Ending> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code, signal] = await once(child, 'close');
  return { code, signal, stdout, stderr };
}

function runScenario(scenario: string): Promise<Ending> {
  return runProgram(process.execPath, ['--expose-gc', childScript, scenario, objectPath]);
}

const quietScenarios: Readonly<Record<string, string>> = {
  collectGarbage: 'dropped handles release everything',
  collectWatchedRing: 'a dropped ring releases everything although the loop watches it',
  keepWatchedRing: 'a watched ring stays although nobody holds it',
  watchUnreferenced: 'a watched ring lets the process end after unref',
  unreferenceBeforeWatching: 'unref holds for a later onReadable',
  closeWhileWatching: 'closing the object lets the process end',
  throwOnce: 'an exception in the callback is an uncaughtException and the calls go on',
  refuseQuietly: 'libbpf prints nothing when the kernel refuses',
};

for (const [scenario, title] of Object.entries(quietScenarios)) {
  test(title, async () => {
    const expected = { code: 0, signal: null, stdout: 'reached\n', stderr: '' };
    assert.deepEqual(await runScenario(scenario), expected);
  });
}

test('process.exit in the callback ends the process with its code', async () => {
  const expected = { code: 7, signal: null, stdout: 'reached\n', stderr: '' };
  assert.deepEqual(await runScenario('exitWhileWatching'), expected);
});

test('an exception in the callback that nobody catches ends the process', async () => {
  const ending = await runScenario('throwUncaught');
  assert.equal(ending.code, 1);
  assert.equal(ending.stdout, 'reached\n');
  assert.match(ending.stderr, /Error: thrown in the callback/);
});

test('objects load under a locked-memory limit that cannot be raised', async () => {
  const command = 'ulimit -l 0 && exec "$0" "$@"';
  const args = ['-c', command, process.execPath, childScript, 'loadAndRun', objectPath];
  const expected = { code: 0, signal: null, stdout: 'reached\n', stderr: '' };
  assert.deepEqual(await runProgram('/bin/sh', args), expected);
});

function startWorker(ending: string): Worker {
  return new Worker(workerScript, { workerData: { ending, bytes } });
}

test('a worker that exits while its ring is watched ends cleanly', {
  timeout: 60_000,
}, async () => {
  for (let round = 0; round < 5; round += 1) {
    const worker = startWorker('exit');
    const [code] = await once(worker, 'exit');
    assert.equal(code, 3);
  }
});

test('a worker ends by itself when its ring is unreferenced', { timeout: 60_000 }, async () => {
  const [code] = await once(startWorker('unref'), 'exit');
  assert.equal(code, 0);
});

test('a worker is terminated while records arrive', { timeout: 60_000 }, async () => {
  for (let round = 0; round < 10; round += 1) {
    const worker = startWorker('never');
    await once(worker, 'message');
    assert.equal(await worker.terminate(), 1);
  }
});

test('a worker is terminated inside its callback', { timeout: 60_000 }, async () => {
  for (let round = 0; round < 5; round += 1) {
    const worker = startWorker('spin');
    await once(worker, 'message');
    assert.equal(await worker.terminate(), 1);
  }
});

test('an exception in the callback of a worker ends that worker', { timeout: 60_000 }, async () => {
  const worker = startWorker('throw');
  const [error] = await once(worker, 'error');
  assert.equal(error.message, 'thrown in a worker');
});
