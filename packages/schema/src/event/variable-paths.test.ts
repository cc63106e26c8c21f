// SPDX-License-Identifier: Apache-2.0
// Variables stand where no field does.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fields } from './fields.ts';
import { isVariablePath, variablePrefixes } from './variable-paths.ts';

test('every prefix with a name is the path of a variable, and no field is', () => {
  for (const prefix of Object.values(variablePrefixes)) {
    assert.ok(isVariablePath(`${prefix}seen_2`), prefix);
    assert.ok(!isVariablePath(prefix));
    assert.ok(!isVariablePath(`${prefix}a.b`));
    assert.ok(!isVariablePath(`x.${prefix}a`));
    for (const { name } of fields) assert.ok(!name.startsWith(prefix), name);
  }
});
