// SPDX-License-Identifier: Apache-2.0
// A failure as people see it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure, formatFailure } from './failure.ts';

test('a failure is what happened and what to do, one line each', () => {
  const failure = new Failure('read policy /x: permission denied', 'run as root');
  assert.equal(
    formatFailure(failure),
    'fimbul: read policy /x: permission denied\n  → run as root\n',
  );
});

test('names in it stay on their line', () => {
  const text = formatFailure(new Failure('read policy a\nb\x1b[2J', 'check a\nb'));
  assert.equal(text, 'fimbul: read policy a\\x0ab\\x1b[2J\n  → check a\\x0ab\n');
});

test('the exit status is 1, or 2 for a wrong call', () => {
  assert.equal(new Failure('a', 'b').exitCode, 1);
  assert.equal(new Failure('a', 'b', 2).exitCode, 2);
});
