// SPDX-License-Identifier: Apache-2.0
// The facts of a host stand apart from the fields of events.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fieldsByName } from './fields.ts';
import { findHostField, hostFields } from './host-fields.ts';

describe('host fields', () => {
  it('have a name of their own, which no field of an event has', () => {
    const names = hostFields.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    for (const name of names) {
      assert.match(name, /^[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*$/);
      assert.ok(!fieldsByName.has(name), name);
    }
  });

  it('are plain values of no event, with a sentence each', () => {
    for (const {
      name,
      event,
      iterator,
      filter,
      inRules,
      filled,
      list,
      description,
    } of hostFields) {
      assert.equal(event, '*', name);
      assert.equal(iterator, null, name);
      assert.equal(filter, 'none', name);
      assert.ok(inRules && filled, name);
      assert.equal(list, name === 'envs', name);
      assert.match(description, /^[A-Z`].*\.$/, name);
    }
  });

  it('are found by their whole name alone', () => {
    for (const spec of hostFields) assert.equal(findHostField(spec.name), spec);
    for (const name of ['', 'OS', 'os.', 'kernel', 'kernel.version', 'process.pid']) {
      assert.equal(findHostField(name), undefined, name);
    }
  });
});
