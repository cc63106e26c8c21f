// SPDX-License-Identifier: Apache-2.0
// The examples of the reference page mean what they say: each compiles and uses its operator.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compilePolicies } from './compile.ts';
import { operatorCatalogue } from './operator-catalogue.ts';

const entries = operatorCatalogue.flatMap(({ operators }) => operators);

describe('the catalogue of operators', () => {
  for (const { written, example } of entries) {
    it(`${written} stands in its example, which compiles: ${example}`, () => {
      assert.ok(written.split(/ (?!in$)/).some((one) => example.includes(one)));
      const text = JSON.stringify({ rules: [{ id: 'example', expression: example }] });
      const { diagnostics } = compilePolicies([{ path: 'example.policy', text }]);
      // That an event is not produced by this agent is no problem of the example.
      const problems = diagnostics.filter(({ severity }) => severity !== 'info');
      assert.deepEqual(problems, []);
    });
  }

  it('has each operator of the language once', () => {
    const written = operatorCatalogue.map(({ operators }) =>
      operators.flatMap((entry) =>
        entry.written === 'not in' ? ['not in'] : entry.written.split(' '),
      ),
    );
    assert.deepEqual(written, [
      ['!', 'not', '-', '^'],
      ['&', '|', '^'],
      ['+', '-'],
      ['==', '!=', '=~', '!~', '<', '<=', '>', '>=', 'in', 'not in', 'allin'],
      ['&&', 'and', '||', 'or'],
    ]);
  });

  it('says everything in sentences', () => {
    for (const { meaning } of entries) assert.match(meaning, /^[A-Z].*\.$/);
  });
});
