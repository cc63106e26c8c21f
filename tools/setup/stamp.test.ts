// SPDX-License-Identifier: Apache-2.0
// When something that was built counts as current.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { computeKey, forget, isCurrent, listFiles, remember } from './stamp.ts';

test('an output is current until an input or the recipe changes, or it is gone', (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'fimbul-stamp-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const input = join(directory, 'in.c');
  const output = join(directory, 'out.o');
  writeFileSync(input, 'int a;');
  const key = computeKey({ inputs: [input], parts: ['-O2'] });
  assert.equal(isCurrent(output, key), false);

  writeFileSync(output, 'object');
  assert.equal(isCurrent(output, key), false, 'nobody said that it is done');
  remember(output, key);
  assert.equal(isCurrent(output, computeKey({ inputs: [input], parts: ['-O2'] })), true);
  assert.equal(isCurrent(output, computeKey({ inputs: [input], parts: ['-O3'] })), false);

  writeFileSync(input, 'int b;');
  assert.equal(isCurrent(output, computeKey({ inputs: [input], parts: ['-O2'] })), false);

  forget(output);
  assert.equal(isCurrent(output, key), false);
});

test('computeKey tells where one part ends and the next begins', () => {
  const key = (parts: readonly string[]): string => computeKey({ inputs: [], parts });
  assert.notEqual(key(['ab', 'c']), key(['a', 'bc']));
});

test('listFiles is sorted and finds files in folders', (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'fimbul-stamp-'));
  context.after(() => rmSync(directory, { recursive: true }));
  for (const name of ['b.h', 'a.h', 'c.c']) writeFileSync(join(directory, name), '');
  assert.deepEqual(listFiles(directory, '**/*.h'), [
    join(directory, 'a.h'),
    join(directory, 'b.h'),
  ]);
});
