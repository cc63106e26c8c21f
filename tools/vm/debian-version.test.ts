// SPDX-License-Identifier: Apache-2.0
// The order of Debian's version numbers, on the cases that plain string order gets wrong.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareVersions } from './debian-version.ts';

const ascending = [
  '5.10.99-1',
  '5.10.262~rc1-1',
  '5.10.262-1~deb10u1',
  '5.10.262-1',
  '5.10.262-1+b1',
  '5.10.262-2',
  '5.10.262-10',
  '6.1.192-2',
  '6.12.115-1',
  '6.12.115+deb13-1',
  '6.12.115+deb13.1-1',
  '6.12.117-1',
  '1:1.0-1',
];

test('compareVersions orders epochs, tildes, numbers and revisions', () => {
  for (const [i, left] of ascending.entries()) {
    for (const [j, right] of ascending.entries()) {
      assert.equal(Math.sign(compareVersions(left, right)), Math.sign(i - j), `${left} ${right}`);
    }
  }
});

test('compareVersions takes a missing revision for the lowest one', () => {
  assert.ok(compareVersions('1.0', '1.0-1') < 0);
  assert.equal(compareVersions('0:1.0-1', '1.0-1'), 0);
});
