// SPDX-License-Identifier: Apache-2.0
// One process at a time, across processes. The lock is held by a child (flock) for as long as its
// standard input is open, so it ends with this process however that ends, and is never stale.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** Runs `work` while holding the lock on `path`, a file that is made if it is missing. */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  // `read` ends when the pipe does; `echo` says that the lock is ours.
  const child = spawn('flock', [path, 'sh', '-c', 'echo locked; read -r line'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = once(child, 'close');
  const locked = await Promise.race([
    once(child.stdout, 'data').then(() => true),
    ended.then(() => false),
  ]);
  if (!locked) throw new Error(`flock ${path} ended without the lock`);
  try {
    return await work();
  } finally {
    child.stdin.end();
    await ended;
  }
}
