// SPDX-License-Identifier: Apache-2.0
// When a feature that is missing, or one that is there, fails the run.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  checkFeatures,
  isOlder,
  knownFeatures,
  listKnownFeatures,
  readSeries,
} from './kernel-features.ts';

const none = new Set<never>();

test('series are ordered as numbers, and read from releases', () => {
  assert.equal(isOlder('5.10', '6.1'), true);
  assert.equal(isOlder('6.9', '6.12'), true);
  assert.equal(isOlder('6.12', '6.12'), false);
  assert.equal(readSeries('6.12.117+deb13-amd64'), '6.12');
});

test('a kernel without a row has the features of the one before it', () => {
  assert.deepEqual(listKnownFeatures('6.15'), knownFeatures['6.12']);
  assert.deepEqual(listKnownFeatures('5.4'), []);
});

test('a feature that the series is known to have must be found', () => {
  const found = new Set(listKnownFeatures('6.1'));
  assert.deepEqual(checkFeatures('6.1', found, none), []);
  found.delete('overlayfs');
  assert.deepEqual(checkFeatures('6.1', found, none), [
    'Linux 6.1 has overlayfs, but it was not found',
  ]);
});

test('a feature that the machine was started without must be missing', () => {
  const found = new Set(listKnownFeatures('6.1'));
  assert.deepEqual(checkFeatures('6.1', found, new Set(['lsm'])), [
    'the machine was started without lsm, but it was found',
  ]);
  found.delete('lsm');
  assert.deepEqual(checkFeatures('6.1', found, new Set(['lsm'])), []);
});
