// SPDX-License-Identifier: Apache-2.0
// Which rules judge a record while others take over: those whose filter let it pass.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type PreparedRules, RuleSets } from './rule-sets.ts';

const before = { policies: { rules: [], variables: [] } } as unknown as PreparedRules;
const after = { policies: { rules: [], variables: [] } } as unknown as PreparedRules;

describe('while rules take over', () => {
  it('each record is judged by the rules of its generation', () => {
    const sets = new RuleSets(before, 4);
    sets.replace(after, { generation: 5, sinceNs: 100 });
    assert.equal(sets.choose(4, 150), before);
    assert.equal(sets.choose(5, 50), after);
    assert.equal(sets.unknownGenerations, 0);
  });

  it('a record of no filter is judged by the rules of its time', () => {
    const sets = new RuleSets(before, 4);
    assert.equal(sets.choose(0, 99), before);
    sets.replace(after, { generation: 5, sinceNs: 100 });
    assert.equal(sets.choose(0, 99), before);
    assert.equal(sets.choose(0, 100), after);
    sets.forgetReplaced();
    assert.equal(sets.choose(0, 99), after);
    assert.equal(sets.unknownGenerations, 0);
  });

  it('a record of rules that are no more is judged by the current ones, and counted', () => {
    const sets = new RuleSets(before, 4);
    sets.replace(after, { generation: 5, sinceNs: 100 });
    sets.forgetReplaced();
    assert.equal(sets.choose(4, 50), after);
    assert.equal(sets.choose(9, 50), after);
    assert.equal(sets.unknownGenerations, 2);
  });

  it('no third ones follow', () => {
    const sets = new RuleSets(before, 4);
    sets.replace(after, { generation: 5, sinceNs: 100 });
    assert.throws(() => sets.replace(before, { generation: 6, sinceNs: 200 }), /records left/);
  });
});

it('rules without a generation judge everything', () => {
  const sets = new RuleSets(before, null);
  assert.equal(sets.choose(77, 1), before);
  assert.equal(sets.unknownGenerations, 0);
});
