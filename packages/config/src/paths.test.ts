// SPDX-License-Identifier: Apache-2.0
// Where things are.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  builtInPolicyDirectory,
  findDefaultConfigPath,
  getDefaultPolicyPaths,
  getDefaultSocketPath,
  installedSocketPath,
  rootDirectory,
} from './paths.ts';

test('the root is where package.json and the built-in policies are', () => {
  assert.ok(existsSync(join(rootDirectory, 'package.json')));
  assert.equal(builtInPolicyDirectory, join(rootDirectory, 'policies'));
  assert.ok(existsSync(builtInPolicyDirectory));
});

test('what is installed comes before what is built in', () => {
  assert.deepEqual(getDefaultPolicyPaths('/etc'), ['/etc']);
  assert.deepEqual(getDefaultPolicyPaths('/nowhere'), [builtInPolicyDirectory]);
});

test('a configuration file is used when it exists', () => {
  assert.equal(findDefaultConfigPath('/etc/passwd'), '/etc/passwd');
  assert.equal(findDefaultConfigPath('/nowhere'), null);
});

test('a checkout has a socket of its own', () => {
  assert.equal(getDefaultSocketPath(), join(rootDirectory, '.fimbul/run/fimbul.sock'));
  const installed = mkdtempSync(join(tmpdir(), 'fimbul-installed-'));
  try {
    assert.equal(getDefaultSocketPath(installed), installedSocketPath);
  } finally {
    rmSync(installed, { recursive: true });
  }
});
