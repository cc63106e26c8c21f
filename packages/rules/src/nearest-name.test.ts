// SPDX-License-Identifier: Apache-2.0
// Suggestions for misspelt names.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findNearestName, suggestName } from './nearest-name.ts';

const names = ['open.file.path', 'open.file.name', 'O_CREAT', 'uid'];

describe('findNearestName', () => {
  it('forgives a letter lost, added, changed or swapped', () => {
    for (const name of ['open.file.pth', 'open.file.paath', 'open.file.pxth', 'open.file.ptah']) {
      assert.equal(findNearestName(name, names), 'open.file.path');
    }
  });
  it('ignores case', () => assert.equal(findNearestName('o_creat', names), 'O_CREAT'));
  it('finds nothing far away', () => assert.equal(findNearestName('chmod.mode', names), null));
  it('does not spend time on long names', () => {
    assert.equal(findNearestName('x'.repeat(100_000), names), null);
  });
});

describe('suggestName', () => {
  it('asks or points at the list', () => {
    assert.equal(suggestName('uidd', names, 'see the list'), 'did you mean uid?');
    assert.equal(suggestName('zzzzzz', names, 'see the list'), 'see the list');
  });
});
