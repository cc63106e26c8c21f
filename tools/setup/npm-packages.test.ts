// SPDX-License-Identifier: Apache-2.0
// What counts as a package that still has to be installed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findStalePackages, findUnlockedPackages } from './npm-packages.ts';

const yaml = { version: '2.9.1', integrity: 'sha512-a' };

test('findStalePackages finds nothing when all is as locked', () => {
  const wanted = {
    packages: {
      '': { version: '0.1.0' },
      'packages/rules': { version: '0.1.0' },
      'node_modules/@fimbul/rules': { link: true },
      'node_modules/yaml': yaml,
    },
  };
  const installed = {
    packages: {
      'packages/rules': { version: '0.1.0' },
      'node_modules/@fimbul/rules': { link: true },
      'node_modules/yaml': yaml,
    },
  };
  assert.deepEqual(findStalePackages(wanted, installed), []);
});

test('findStalePackages finds what is missing, older or of other contents', () => {
  const wanted = {
    packages: {
      'node_modules/a': yaml,
      'node_modules/b': yaml,
      'packages/rules/node_modules/c': yaml,
    },
  };
  const installed = {
    packages: {
      'node_modules/a': { version: '2.9.0', integrity: 'sha512-a' },
      'node_modules/b': { version: '2.9.1', integrity: 'sha512-b' },
    },
  };
  assert.deepEqual(findStalePackages(wanted, installed), [
    'node_modules/a',
    'node_modules/b',
    'packages/rules/node_modules/c',
  ]);
});

test('findStalePackages wants optional packages only for this machine', () => {
  const optional = { ...yaml, optional: true };
  const wanted = {
    packages: {
      'node_modules/here': { ...optional, os: [process.platform], cpu: process.arch },
      'node_modules/not-excluded': { ...optional, os: ['!win32'] },
      'node_modules/other-system': { ...optional, os: ['win32'] },
      'node_modules/other-processor': { ...optional, os: ['linux'], cpu: ['s390x'] },
      'node_modules/other-libc': { ...optional, libc: ['musl'] },
    },
  };
  assert.deepEqual(findStalePackages(wanted, { packages: {} }), [
    'node_modules/here',
    'node_modules/not-excluded',
  ]);
});

test('findUnlockedPackages finds what the lockfile does not have', () => {
  const installed = { packages: { 'node_modules/yaml': yaml, 'node_modules/left': yaml } };
  const wanted = { packages: { 'node_modules/yaml': yaml } };
  assert.deepEqual(findUnlockedPackages(wanted, installed), ['node_modules/left']);
});
