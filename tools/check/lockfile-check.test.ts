// SPDX-License-Identifier: Apache-2.0
// Lockfiles that disagree with their manifests, and addresses in them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkLockfiles } from './lockfile-check.ts';

function check(manifest: object, lock: object): readonly string[] {
  const files = [
    { path: 'packages/rules/package.json', text: JSON.stringify(manifest) },
    { path: 'package-lock.json', text: JSON.stringify(lock, null, 2) },
  ];
  return checkLockfiles(files).map((problem) => problem.message);
}

const manifest = { dependencies: { yaml: '2.9.1' } };

test('a lockfile that says what the manifest says is right', () => {
  const lock = {
    packages: {
      'packages/rules': manifest,
      'node_modules/@fimbul/rules': { resolved: 'packages/rules', link: true },
    },
  };
  assert.deepEqual(check(manifest, lock), []);
});

test('a dependency that the lockfile does not know is reported', () => {
  const message = "dependencies differ from the lockfile: run 'npm install' and commit it";
  assert.deepEqual(check(manifest, { packages: {} }), [message]);
  const other = { packages: { 'packages/rules': { dependencies: { yaml: '2.9.0' } } } };
  assert.deepEqual(check(manifest, other), [message]);
});

test('a range of versions is reported', () => {
  const range = { dependencies: { yaml: '^2.9.1' } };
  assert.deepEqual(check(range, { packages: { 'packages/rules': range } }), [
    "yaml is '^2.9.1': give one exact version",
  ]);
});

test('an address in a lockfile is reported', () => {
  const lock = {
    packages: {
      'packages/rules': manifest,
      'node_modules/yaml': { resolved: 'https://registry.example/yaml.tgz' },
    },
  };
  assert.deepEqual(check(manifest, lock), [
    "an address: run 'npm install' with the repository's .npmrc",
  ]);
});
