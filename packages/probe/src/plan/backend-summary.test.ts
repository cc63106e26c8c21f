// SPDX-License-Identifier: Apache-2.0
// One backend is named alone; several with what each serves.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { summarizeBackends } from './backend-summary.ts';

const serve = (backend: string, ...operations: string[]) =>
  operations.map((operation) => ({ operation, backend }));

test('one backend is named alone', () => {
  assert.equal(summarizeBackends(serve('kprobe', 'open', 'fork')), 'backend kprobe');
  assert.equal(summarizeBackends([]), 'backend none');
});

test('several are named with what each serves', () => {
  const choices = [...serve('fexit', 'open'), ...serve('lsm', 'unlink', 'rename')];
  assert.equal(summarizeBackends(choices), 'backends fexit (open), lsm (unlink, rename)');
});
