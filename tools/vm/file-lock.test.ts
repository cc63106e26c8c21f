// SPDX-License-Identifier: Apache-2.0
// The lock keeps two apart, and lets go when the work fails.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { withFileLock } from './file-lock.ts';

const directory = mkdtempSync(join(tmpdir(), 'fimbul-lock-'));
after(() => rmSync(directory, { recursive: true }));

test('withFileLock lets one in at a time', async () => {
  let inside = 0;
  let insideMax = 0;
  const work = async (): Promise<void> => {
    inside++;
    insideMax = Math.max(insideMax, inside);
    await new Promise((resolve) => setImmediate(resolve));
    inside--;
  };
  const path = join(directory, 'folder', 'lock');
  await Promise.all(Array.from({ length: 4 }, () => withFileLock(path, work)));
  assert.equal(insideMax, 1);
});

test('withFileLock lets go when the work fails', async () => {
  const path = join(directory, 'lock');
  const failing = withFileLock(path, () => Promise.reject(new Error('work failed')));
  await assert.rejects(failing, /work failed/);
  assert.equal(await withFileLock(path, () => Promise.resolve('mine')), 'mine');
});
