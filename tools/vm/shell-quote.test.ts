// SPDX-License-Identifier: Apache-2.0
// A real shell reads back what was quoted.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { quoteForShell } from './shell-quote.ts';

test('quoteForShell makes one word of any text', () => {
  const words = ['', "it's", '$HOME `ls` "x"', 'two\nlines', '\\', '*', 'é', '--', "'"];
  const command = `printf '%s\\0' ${words.map(quoteForShell).join(' ')}`;
  const { stdout } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
  assert.deepEqual(stdout.split('\0').slice(0, -1), words);
});
