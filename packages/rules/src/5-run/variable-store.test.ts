// SPDX-License-Identifier: Apache-2.0
// What variables keep, for whom and for how long, and what bounds them.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parseNetwork } from '../1-parse/network.ts';
import type { RuntimeValue } from '../2-check/typed.ts';
import type { VariableSpec } from '../2-check/variables.ts';
import { type VariableChange, VariableStore, variableLimits } from './variable-store.ts';

type Owner = { readonly parent: Owner | null };

function makeStore(bytesMax?: number): VariableStore {
  return new VariableStore({
    getParentOwner: (owner) => (owner as Owner).parent,
    ...(bytesMax === undefined ? {} : { bytesMax }),
  });
}

function makeVariable(given: Partial<VariableSpec> = {}): VariableSpec {
  const { list = false, key = '0' } = given;
  return {
    ...{ name: `v${key}`, scope: 'global', type: 'string', list, key },
    ...{ defaultValue: list ? [] : '', inherited: false, isPrivate: false },
    ...given,
  };
}

function makeChange(value: RuntimeValue, given: Partial<VariableChange> = {}): VariableChange {
  return { value, append: false, size: null, ttlNs: null, ...given };
}

const owner = (parent: Owner | null = null): Owner => ({ parent });

describe('a scalar', () => {
  it('reads as its default until it is set', () => {
    const store = makeStore();
    const variable = makeVariable({ defaultValue: 'unset' });
    assert.equal(store.read(variable, null, 0n), 'unset');
    assert.equal(store.find(variable, null, 0n), null);
    store.set(variable, null, makeChange('x'), 0n);
    assert.equal(store.read(variable, null, 0n), 'x');
    assert.equal(store.find(variable, null, 0n), 'x');
  });

  it('holds every type', () => {
    const store = makeStore();
    const net = parseNetwork('10.0.0.0/8');
    assert.ok(net);
    for (const value of ['', 'x', 0n, -(2n ** 63n), true, false, net]) {
      store.set(makeVariable(), null, makeChange(value), 0n);
      assert.deepEqual(store.read(makeVariable(), null, 0n), value);
    }
  });

  it('keeps integers as bigint', () => {
    const store = makeStore();
    store.set(makeVariable(), null, makeChange(3), 0n);
    assert.equal(store.read(makeVariable(), null, 0n), 3n);
  });

  it('ends with its time to live, to the nanosecond, and starts again when it is set', () => {
    const store = makeStore();
    const variable = makeVariable({ defaultValue: 'gone' });
    store.set(variable, null, makeChange('a', { ttlNs: 10n }), 100n);
    assert.equal(store.read(variable, null, 109n), 'a');
    assert.equal(store.read(variable, null, 110n), 'gone');
    assert.equal(store.bytes, 0);
    store.set(variable, null, makeChange('b', { ttlNs: 10n }), 120n);
    store.set(variable, null, makeChange('c', { ttlNs: 10n }), 125n);
    assert.equal(store.read(variable, null, 134n), 'c');
    store.set(variable, null, makeChange('d'), 134n);
    assert.equal(store.read(variable, null, 2n ** 62n), 'd');
  });

  it('is cut where it is longer than the limit, and that is counted', () => {
    const store = makeStore();
    const long = 'x'.repeat(variableLimits.textBytesMax);
    store.set(makeVariable(), null, makeChange(long), 0n);
    assert.equal(store.counters.cutValues, 0);
    store.set(makeVariable(), null, makeChange(`${long}y`), 0n);
    assert.equal(store.read(makeVariable(), null, 0n), long);
    assert.equal(store.counters.cutValues, 1);
  });
});

describe('an owner', () => {
  it('has values of its own', () => {
    const store = makeStore();
    const variable = makeVariable({ scope: 'container' });
    const [one, two] = [owner(), owner()];
    store.set(variable, one, makeChange('x'), 0n);
    assert.equal(store.read(variable, one, 0n), 'x');
    assert.equal(store.read(variable, two, 0n), '');
  });

  it('that is missing makes a set do nothing, which is counted', () => {
    const store = makeStore();
    const variable = makeVariable({ scope: 'container', defaultValue: 'd' });
    store.set(variable, null, makeChange('x'), 0n);
    assert.equal(store.read(variable, null, 0n), 'd');
    assert.equal(store.counters.setsWithoutOwner, 1);
  });

  it('does not matter for global variables', () => {
    const store = makeStore();
    store.set(makeVariable(), owner(), makeChange('x'), 0n);
    assert.equal(store.read(makeVariable(), owner(), 0n), 'x');
    assert.equal(store.counters.setsWithoutOwner, 0);
  });

  it('takes its values with it', async () => {
    const store = makeStore();
    const variable = makeVariable({ scope: 'process', list: true });
    (function setAndForget() {
      store.set(variable, owner(), makeChange(['a', 'b']), 0n);
    })();
    assert.ok(store.bytes > 0);
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    for (let round = 0; round < 500 && store.bytes > 0; round += 1) {
      collect();
      await setTimeout(1);
    }
    assert.equal(store.bytes, 0);
  });
});

describe('an inherited variable', () => {
  const variable = makeVariable({ scope: 'process', inherited: true });
  const root = owner();
  const middle = owner(root);
  const leaf = owner(middle);

  it('reads as that of the nearest ancestor that has one', () => {
    const store = makeStore();
    store.set(variable, root, makeChange('root'), 0n);
    assert.equal(store.read(variable, leaf, 0n), 'root');
    store.set(variable, middle, makeChange('middle', { ttlNs: 10n }), 0n);
    assert.equal(store.read(variable, leaf, 0n), 'middle');
    assert.equal(store.read(variable, root, 0n), 'root');
    assert.equal(store.read(variable, leaf, 10n), 'root');
    assert.equal(store.read({ ...variable, key: '7', inherited: false }, leaf, 10n), '');
  });

  it('is set at the process itself', () => {
    const store = makeStore();
    store.set(variable, leaf, makeChange('leaf'), 0n);
    assert.equal(store.read(variable, middle, 0n), '');
  });

  it('that is a list goes on from what it reads as', () => {
    const store = makeStore();
    const list = { ...variable, list: true, defaultValue: [] };
    store.set(list, root, makeChange(['a'], { append: true }), 0n);
    store.set(list, leaf, makeChange('b', { append: true }), 0n);
    assert.deepEqual(store.read(list, leaf, 0n), ['a', 'b']);
    assert.deepEqual(store.read(list, middle, 0n), ['a']);
  });

  it('ends though processes be their own ancestors', () => {
    const circle: { parent: Owner | null } = { parent: null };
    circle.parent = circle;
    assert.equal(makeStore().read(variable, circle, 0n), '');
  });
});

describe('a list', () => {
  const variable = makeVariable({ list: true });
  const append = (value: RuntimeValue, given: Partial<VariableChange> = {}) =>
    makeChange(value, { append: true, ...given });

  it('has each value once, the newest last', () => {
    const store = makeStore();
    for (const value of ['a', 'b', ['c', 'a'], 'b']) store.set(variable, null, append(value), 0n);
    assert.deepEqual(store.read(variable, null, 0n), ['c', 'a', 'b']);
  });

  it('is replaced without append', () => {
    const store = makeStore();
    store.set(variable, null, append(['a', 'b']), 0n);
    store.set(variable, null, makeChange(['c', 'c']), 0n);
    assert.deepEqual(store.read(variable, null, 0n), ['c']);
    store.set(variable, null, makeChange([]), 0n);
    assert.deepEqual(store.find(variable, null, 0n), []);
    assert.equal(store.bytes, 0);
  });

  it('takes networks for the same when they are', () => {
    const store = makeStore();
    const nets = ['10.0.0.0/8', '10.0.0.0/16', '10.0.0.0/8', '::1'].map((text) => {
      const net = parseNetwork(text);
      assert.ok(net);
      return net;
    });
    store.set(variable, null, append(nets), 0n);
    assert.deepEqual(store.read(variable, null, 0n), [nets[1], nets[2], nets[3]]);
  });

  it('goes on from its default', () => {
    const store = makeStore();
    const list = { ...variable, defaultValue: ['d'] };
    store.set(list, null, append('a', { ttlNs: 5n }), 0n);
    assert.deepEqual(store.read(list, null, 4n), ['d', 'a']);
    assert.deepEqual(store.read(list, null, 5n), ['d']);
  });

  it('loses each value at its own time, and reads as unset without any', () => {
    const store = makeStore();
    store.set(variable, null, append('late', { ttlNs: 30n }), 0n);
    store.set(variable, null, append('soon', { ttlNs: 10n }), 1n);
    store.set(variable, null, append('refreshed', { ttlNs: 10n }), 2n);
    store.set(variable, null, append('refreshed', { ttlNs: 10n }), 9n);
    assert.deepEqual(store.read(variable, null, 10n), ['late', 'soon', 'refreshed']);
    assert.deepEqual(store.read(variable, null, 11n), ['late', 'refreshed']);
    assert.deepEqual(store.read(variable, null, 19n), ['late']);
    assert.equal(store.find(variable, null, 30n), null);
    assert.equal(store.bytes, 0);
  });

  it('loses its oldest values beyond its size, which is counted', () => {
    const store = makeStore();
    for (const value of ['a', 'b', 'a', 'c'])
      store.set(variable, null, append(value, { size: 2 }), 0n);
    assert.deepEqual(store.read(variable, null, 0n), ['a', 'c']);
    assert.equal(store.counters.evictedValues, 1);
  });

  it('is the same, however often it was read on the way', () => {
    for (const readEvery of [1, 2, 3, 5, 50]) {
      const store = makeStore();
      const values = Array.from({ length: 50 }, (_, index) => `v${(index * 7) % 11}`);
      values.forEach((value, index) => {
        store.set(variable, null, append(value, { size: 4 }), 0n);
        if (index % readEvery === 0) store.read(variable, null, 0n);
      });
      assert.deepEqual(store.read(variable, null, 0n), values.slice(-4), `${readEvery}`);
    }
  });

  it('has a size without being told one', () => {
    const store = makeStore();
    const { listSizeMax } = variableLimits;
    const values = Array.from({ length: listSizeMax + 3 }, (_, index) => BigInt(index));
    store.set(variable, null, append(values), 0n);
    const read = store.read(variable, null, 0n) as readonly bigint[];
    assert.equal(read.length, listSizeMax);
    assert.equal(read[0], 3n);
    assert.equal(store.counters.evictedValues, 3);
  });
});

describe('memory that runs short', () => {
  const text = (index: number) => `${index}`.padStart(100, 'x');
  const append = (value: RuntimeValue) => makeChange(value, { append: true });

  it('makes a list give its oldest values, which is counted', () => {
    const store = makeStore(1000);
    const list = makeVariable({ list: true });
    for (let value = 0n; value < 100n; value += 1n) store.set(list, null, append(value), 0n);
    assert.ok(store.bytes <= 1000);
    const kept = store.read(list, null, 0n) as readonly bigint[];
    assert.equal(kept.at(-1), 99n);
    assert.equal(kept[0], 100n - BigInt(kept.length));
    assert.equal(store.counters.crowdedOutValues, 100 - kept.length);
    assert.equal(store.counters.evictedValues, 0);
  });

  it('leaves a list alone that needs less than what others keep', () => {
    const store = makeStore(100_000);
    const list = makeVariable({ list: true });
    const command = makeVariable({ scope: 'process', key: '1' });
    const names = Array.from({ length: 100 }, (_, index) => text(index));
    store.set(list, null, append(names), 0n);
    const owners = Array.from({ length: 2000 }, () => owner());
    owners.forEach((one, index) => {
      store.set(command, one, makeChange(text(index)), 0n);
      assert.ok(store.bytes <= 100_000);
    });
    store.set(list, null, append('more'), 0n);
    assert.deepEqual(store.read(list, null, 0n), [...names, 'more']);
    // Of owners that keep about the same, those that were set last have it.
    const kept = owners.map((one) => store.find(command, one, 0n) !== null);
    const first = kept.indexOf(true);
    assert.ok(first > 0 && kept.slice(first).every((isKept) => isKept));
    assert.equal(store.counters.crowdedOutValues, first);
  });

  it('is what an owner has to give that needs more than others', () => {
    const store = makeStore(100_000);
    const list = makeVariable({ scope: 'container', list: true });
    const [quiet, noisy] = [owner(), owner()];
    store.set(list, quiet, append([text(0), text(1)]), 0n);
    for (let index = 0; index < 5000; index += 1) store.set(list, noisy, append(text(index)), 0n);
    assert.deepEqual(store.read(list, quiet, 0n), [text(0), text(1)]);
    assert.ok((store.read(list, noisy, 0n) as readonly string[]).length > 100);
  });

  it('comes back from what has expired before anything is given, uncounted', () => {
    const store = makeStore(10_000);
    const variable = makeVariable({ scope: 'process' });
    const [first, second] = [0, 1].map(() => Array.from({ length: 50 }, () => owner()));
    for (const one of first ?? []) {
      store.set(variable, one, makeChange(text(0), { ttlNs: 10n }), 0n);
    }
    for (const one of second ?? []) store.set(variable, one, makeChange(text(1)), 10n);
    assert.ok((second ?? []).every((one) => store.read(variable, one, 10n) === text(1)));
    assert.equal(store.counters.crowdedOutValues, 0);
  });

  it('makes an owner read as its default where it had to give all', () => {
    const store = makeStore(300);
    const variable = makeVariable({ scope: 'process', defaultValue: 'd' });
    const [first, second] = [owner(), owner()];
    store.set(variable, first, makeChange(text(0)), 0n);
    store.set(variable, second, makeChange(text(1)), 0n);
    assert.equal(store.read(variable, first, 0n), 'd');
    assert.equal(store.read(variable, second, 0n), text(1));
    store.set(variable, first, makeChange('x'), 0n);
    assert.equal(store.read(variable, first, 0n), 'x');
  });
});
