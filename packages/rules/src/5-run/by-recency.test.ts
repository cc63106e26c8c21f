// SPDX-License-Identifier: Apache-2.0
// The chain agrees with a plain list, whatever is done to it.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { ByRecency } from './by-recency.ts';

type Item = { readonly name: number; before: Item | null; after: Item | null };

it('is in the order of use', () => {
  const step = fc.record({ name: fc.integer({ min: 0, max: 4 }), isUse: fc.boolean() });
  const property = fc.property(fc.array(step), (steps) => {
    const chain = new ByRecency<Item>();
    const items = new Map<number, Item>();
    for (const { name, isUse } of steps) {
      const known = items.get(name);
      if (known === undefined) {
        const item = { name, before: null, after: null };
        items.set(name, item);
        chain.add(item);
        continue;
      }
      items.delete(name);
      if (isUse) {
        items.set(name, known);
        chain.use(known);
      } else {
        chain.remove(known);
        assert.deepEqual([known.before, known.after], [null, null]);
      }
    }
    const listed: number[] = [];
    let last: Item | null = null;
    for (let item = chain.first; item !== null; item = item.after) {
      assert.equal(item.before, last);
      listed.push(item.name);
      last = item;
    }
    assert.deepEqual(listed, [...items.keys()]);
    chain.clear();
    assert.equal(chain.first, null);
  });
  fc.assert(property);
});
