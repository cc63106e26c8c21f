// SPDX-License-Identifier: Apache-2.0
// On a filesystem that was just mounted, inodes are read from disk during the very call that
// changes one of them: the alert must still be about the file, with what it became.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { type Alert, find, isAlert } from './support/alert.ts';
import { RunningAgent } from './support/running-agent.ts';
import { Workspace } from './support/workspace.ts';

const imageBytes = 16 * 1024 * 1024;

/** Does one thing on a filesystem of which nothing is in memory yet. */
function runCold(image: string, mountpoint: string, command: readonly string[]): void {
  const [program = '', ...args] = command;
  execFileSync('mount', ['-o', 'loop', image, mountpoint]);
  try {
    execFileSync(program, args, { cwd: mountpoint });
  } finally {
    execFileSync('umount', [mountpoint]);
  }
}

function describe(alert: Alert, operation: string): Record<string, unknown> {
  return {
    path: find(alert, `${operation}.file.path`),
    source: find(alert, `${operation}.file.path_source`),
    mode: find(alert, `${operation}.file.mode`),
  };
}

test('changes on a cold cache are told with the file and its modes', async () => {
  using workspace = new Workspace();
  const mountpoint = workspace.makeDirectory('mnt');
  const image = workspace.path('image');
  execFileSync('truncate', ['-s', String(imageBytes), image]);
  execFileSync('mkfs.ext4', ['-q', image]);
  runCold(image, mountpoint, ['sh', '-c', 'mkdir -p a/b/c; echo x > a/b/c/f; chmod 644 a/b/c/f']);
  const policy = workspace.writePolicy([
    {
      id: 'mode',
      expression: `chmod.file.destination.mode & S_ISUID > 0 && chmod.file.name == "f"`,
    },
    { id: 'moved', expression: `rename.file.path == "${mountpoint}/a/b/c/f"` },
    { id: 'gone', expression: `unlink.file.path == "${mountpoint}/a/b/g"` },
  ]);
  await using agent = await RunningAgent.start({ policy });
  runCold(image, mountpoint, ['chmod', '4755', 'a/b/c/f']);
  runCold(image, mountpoint, ['mv', 'a/b/c/f', 'a/b/g']);
  runCold(image, mountpoint, ['rm', 'a/b/g']);
  const mode = await agent.waitForAlert('the chmod', (alert) => isAlert(alert, 'mode'));
  const moved = await agent.waitForAlert('the rename', (alert) => isAlert(alert, 'moved'));
  const gone = await agent.waitForAlert('the unlink', (alert) => isAlert(alert, 'gone'));
  const source = 'kernel';
  const path = `${mountpoint}/a/b/c/f`;
  assert.deepEqual(describe(mode, 'chmod'), { path, source, mode: 0o100644 });
  assert.equal(find(mode, 'chmod.file.destination.mode'), 0o104755);
  assert.deepEqual(describe(moved, 'rename'), { path, source, mode: 0o104755 });
  assert.equal(find(moved, 'rename.file.destination.path'), `${mountpoint}/a/b/g`);
  const removed = { path: `${mountpoint}/a/b/g`, source, mode: 0o104755 };
  assert.deepEqual(describe(gone, 'unlink'), removed);
});
