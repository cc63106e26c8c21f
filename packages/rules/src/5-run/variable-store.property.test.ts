// SPDX-License-Identifier: Apache-2.0
// The store against a model that keeps every set there ever was and looks through them all.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isList, type RuntimeScalar, type RuntimeValue } from '../2-check/typed.ts';
import type { VariableSpec } from '../2-check/variables.ts';
import { type VariableChange, VariableStore } from './variable-store.ts';

type Owner = { readonly name: string; readonly parent: Owner | null };

const root: Owner = { name: 'root', parent: null };
const child: Owner = { name: 'child', parent: root };
const grandchild: Owner = { name: 'grandchild', parent: child };
const stranger: Owner = { name: 'stranger', parent: null };
const owners = [root, child, grandchild, stranger, null];

const common = { type: 'string', isPrivate: false } as const;
const variables: readonly VariableSpec[] = [
  { ...common, name: 'g', scope: 'global', list: false, defaultValue: 'd', inherited: false },
  { ...common, name: 'gl', scope: 'global', list: true, defaultValue: [], inherited: false },
  { ...common, name: 'p', scope: 'process', list: false, defaultValue: '', inherited: false },
  { ...common, name: 'pi', scope: 'process', list: false, defaultValue: '', inherited: true },
  { ...common, name: 'pl', scope: 'process', list: true, defaultValue: ['d'], inherited: false },
  { ...common, name: 'pli', scope: 'process', list: true, defaultValue: [], inherited: true },
  { ...common, name: 'c', scope: 'container', list: true, defaultValue: [], inherited: false },
].map((variable, index): VariableSpec => ({ ...variable, key: String(index) }) as VariableSpec);

type Item = { readonly value: RuntimeScalar; readonly expiresNs: bigint | null };
/** Obviously right and slow. */
class Model {
  readonly #cells = new Map<string, Item[]>();

  #key(variable: VariableSpec, owner: Owner | null): string | null {
    if (variable.scope === 'global') return variable.name;
    return owner === null ? null : `${variable.name} of ${owner.name}`;
  }

  #own(variable: VariableSpec, owner: Owner | null, timeNs: bigint): Item[] | null {
    const key = this.#key(variable, owner);
    const items = (key === null ? undefined : this.#cells.get(key)) ?? [];
    const live = items.filter(({ expiresNs }) => expiresNs === null || timeNs < expiresNs);
    return live.length === 0 ? null : live;
  }

  #find(variable: VariableSpec, owner: Owner | null, timeNs: bigint): Item[] | null {
    const own = this.#own(variable, owner, timeNs);
    if (own !== null || !variable.inherited || owner === null) return own;
    return owner.parent === null ? null : this.#find(variable, owner.parent, timeNs);
  }

  read(variable: VariableSpec, owner: Owner | null, timeNs: bigint): RuntimeValue {
    const found = this.#find(variable, owner, timeNs);
    if (found === null) return variable.defaultValue;
    const values = found.map(({ value }) => value);
    return variable.list ? values : (values[0] as RuntimeScalar);
  }

  set(variable: VariableSpec, owner: Owner | null, change: VariableChange, timeNs: bigint): void {
    const key = this.#key(variable, owner);
    if (key === null) return;
    const expiresNs = change.ttlNs === null ? null : timeNs + change.ttlNs;
    const added = [change.value].flat() as RuntimeScalar[];
    if (!variable.list) {
      this.#cells.set(key, [{ value: added[0] ?? '', expiresNs }]);
      return;
    }
    let items: Item[] = [];
    if (change.append) {
      const defaults = [variable.defaultValue].flat() as RuntimeScalar[];
      items = [
        ...(this.#find(variable, owner, timeNs) ??
          defaults.map((value) => ({ value, expiresNs: null }))),
      ];
    }
    for (const value of added) {
      items = [...items.filter((item) => item.value !== value), { value, expiresNs }];
      if (change.size !== null) items = items.slice(-change.size);
    }
    this.#cells.set(key, items);
  }
}

const texts = ['a', 'b', 'c', 'd', 'e'];
const text = fc.constantFrom(...texts);
const step = fc.record({
  gap: fc.bigInt(0n, 6n),
  variable: fc.constantFrom(...variables),
  owner: fc.constantFrom(...owners),
  change: fc.record({
    value: fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 4 })),
    append: fc.boolean(),
    size: fc.option(fc.integer({ min: 1, max: 3 })),
    ttlNs: fc.option(fc.bigInt(1n, 12n)),
  }),
});

test('reads what the model reads, of every variable and owner, after every step', () => {
  const property = fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
    const store = new VariableStore({ getParentOwner: (owner) => (owner as Owner).parent });
    const model = new Model();
    let timeNs = 0n;
    for (const { gap, variable, owner, change } of steps) {
      timeNs += gap;
      store.set(variable, owner, change, timeNs);
      model.set(variable, owner, change, timeNs);
      for (const read of variables) {
        for (const reader of owners) {
          const about = `${read.name} of ${reader?.name ?? 'nobody'} at ${timeNs}`;
          const actual = store.read(read, reader, timeNs);
          assert.deepEqual(actual, model.read(read, reader, timeNs), about);
          if (!isList(actual)) continue;
          for (const value of texts) {
            assert.equal(store.has(read, reader, value, timeNs), actual.includes(value), about);
          }
        }
      }
    }
    for (const read of variables) {
      for (const reader of owners) store.read(read, reader, 2n ** 62n);
    }
    // Only values for good are left, so what is counted is what is there.
    const isAllGone = steps.every(({ change, variable }) => {
      return change.ttlNs !== null && variable.name !== 'pl';
    });
    if (isAllGone) assert.equal(store.bytes, 0);
  });
  fc.assert(property, { numRuns: 300 });
});
