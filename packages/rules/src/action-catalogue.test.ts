// SPDX-License-Identifier: Apache-2.0
// The reference page of actions speaks of the keys that the reader knows, and its examples compile.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { actionCatalogue } from './action-catalogue.ts';
import { compilePolicies } from './compile.ts';
import { type ActionKind, actionKinds } from './policy/policy-keys.ts';

const kinds = Object.keys(actionKinds) as ActionKind[];

describe('the catalogue of actions', () => {
  it('has every kind that the reader knows', () => {
    assert.deepEqual(Object.keys(actionCatalogue), kinds);
  });

  for (const kind of kinds) {
    it(`speaks of keys that ${kind} has`, () => {
      const known = Object.keys(actionKinds[kind].keys);
      for (const key of Object.keys(actionCatalogue[kind].defaults)) {
        assert.ok(known.includes(key), key);
      }
    });

    it(`has an example of ${kind} that compiles`, () => {
      const { example } = actionCatalogue[kind];
      const text = `rules:\n  - ${example.replaceAll('\n', '\n    ')}\n`;
      const { diagnostics, rules } = compilePolicies([{ path: 'example.policy', text }]);
      // Not executed by this agent, which it says.
      const expected = kind === 'coredump' || kind === 'network_filter' ? ['FR4108'] : [];
      assert.deepEqual(
        diagnostics.map(({ code }) => code),
        expected,
      );
      assert.equal(rules.length, 1);
      const executed = rules.flatMap(({ actions }) => actions.map((action) => action.kind));
      assert.deepEqual(executed, expected.length === 0 ? [kind] : []);
    });
  }
});
