// SPDX-License-Identifier: Apache-2.0
// What an alert leaves out.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fields } from '@fimbul/schema';
import { isDerived } from './derived-fields.ts';

test('what follows from other fields is left out, wherever it stands', () => {
  for (const name of ['args', 'process.parent.args_flags', 'open.file.mount_visible']) {
    assert.ok(isDerived(name), name);
  }
});

test('what it follows from is not', () => {
  for (const name of [
    'process.argv',
    'process.is_exec',
    'open.file.path_detached',
    'process.tid',
  ]) {
    assert.ok(!isDerived(name), name);
  }
});

test('only what rules can read may be left out', () => {
  for (const { name, inRules } of fields) assert.ok(inRules || !isDerived(name), name);
});
