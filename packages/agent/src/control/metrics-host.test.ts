// SPDX-License-Identifier: Apache-2.0
// Names that a page in a browser could have led to us by are refused; addresses are not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOwnHost } from './metrics-host.ts';

test('addresses and localhost are answered', () => {
  for (const host of ['127.0.0.1', '127.0.0.1:3461', 'localhost:3461', '[::1]:3461', '[::1]']) {
    assert.equal(isOwnHost(host), true, host);
  }
});

test('other names are not', () => {
  const names = ['', 'evil.example', 'evil.example:3461', 'localhost.evil.example', '127.0.0.1.x'];
  for (const host of [...names, 'localhost:3461x', '[localhost]', '::1', '127.0.0.1:1:2']) {
    assert.equal(isOwnHost(host), false, host);
  }
});
