// SPDX-License-Identifier: Apache-2.0
// Records the scripted operations on the running kernel with the real command, and writes the raw
// recording and the id of the script's process: `record-operations.ts DIRECTORY`. Runs on the host
// and in virtual machines; tests/recordings/make.ts is who calls it.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordedDirectory } from './places.ts';

const rootDirectory = join(import.meta.dirname, '..', '..');
const fimbul = join(rootDirectory, 'bin', 'fimbul');

/** Emulated machines are slow to load programs. */
const readyTimeoutMs = 240_000;

/** Resolves when the recorder has said that it is ready. */
async function waitUntilReady(recorder: ChildProcess): Promise<void> {
  let said = '';
  const deadline = AbortSignal.timeout(readyTimeoutMs);
  recorder.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    process.stderr.write(chunk);
  });
  while (!/^fimbul: ready/m.test(said)) {
    if (deadline.aborted || recorder.exitCode !== null) {
      throw new Error(`the recorder is not ready: ${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const [results = ''] = process.argv.slice(2);
if (results === '') throw new Error('usage: record-operations.ts DIRECTORY');

rmSync(recordedDirectory, { recursive: true, force: true });
mkdirSync(recordedDirectory, { recursive: true });
chmodSync(recordedDirectory, 0o755);
copyFileSync(join(import.meta.dirname, 'operations.sh'), `${recordedDirectory}/operations.sh`);

// Nothing of this checkout or of the user is in its arguments, its names or its directory.
const script = spawn('/bin/sh', ['operations.sh'], {
  cwd: recordedDirectory,
  env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
  stdio: ['pipe', 'inherit', 'inherit'],
});
const recording = join(results, 'raw.rec');
const recorder = spawn(fimbul, ['record', '-o', recording, '--force', ...process.argv.slice(3)], {
  stdio: ['ignore', 'inherit', 'pipe'],
});
try {
  await waitUntilReady(recorder);
  const ended = once(script, 'close');
  script.stdin.end('go\n');
  await ended;
  if (!existsSync(`${recordedDirectory}/done`)) throw new Error('the script did not end');
} finally {
  script.kill('SIGKILL');
  recorder.kill('SIGTERM');
  if (recorder.exitCode === null) await once(recorder, 'close');
}
rmSync(recordedDirectory, { recursive: true });
writeFileSync(join(results, 'script-pid'), String(script.pid));
process.exitCode = recorder.exitCode ?? 1;
