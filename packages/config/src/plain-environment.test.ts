// SPDX-License-Identifier: Apache-2.0
// The environment says the same as before, also to child processes.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { it } from 'node:test';
import { types } from 'node:util';
import { makeEnvironmentPlain } from './plain-environment.ts';

it('says the same as before, and takes changes that children see', () => {
  const before = { ...process.env };
  makeEnvironmentPlain();
  assert.deepEqual({ ...process.env }, before);
  assert.ok(!types.isProxy(process.env));
  process.env.FIMBUL_PLAIN = 'seen';
  const print = 'process.stdout.write(process.env.FIMBUL_PLAIN ?? "")';
  assert.equal(execFileSync(process.execPath, ['-e', print], { encoding: 'utf8' }), 'seen');
  delete process.env.FIMBUL_PLAIN;
  assert.equal(process.env.FIMBUL_PLAIN, undefined);
});
