// SPDX-License-Identifier: Apache-2.0
// The addon itself never crashes on wrong arguments: whatever it is called with, it answers or
// throws. The wrappers validate before; this is the second line.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getAddonPath, loadAddon } from './native-addon.ts';
import { compileNumbered } from './testing/numbered.ts';

type Callable = (...callArguments: unknown[]) => unknown;

const addon = loadAddon(getAddonPath());
const bytes = compileNumbered();

const detached = new Uint8Array(8);
structuredClone(detached, { transfer: [detached.buffer] });

const junk: readonly unknown[] = [
  ...[undefined, null, true, -1, 0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32, 2 ** 60],
  ...['', 'raw_tp', 'text\0more', 7n, Symbol('junk'), {}, [], () => {}, new Date(0)],
  ...[new Uint8Array(0), new Uint8Array(4), new Uint8Array(8), new Uint32Array(0), detached],
  ...[new Uint32Array(3), new Float64Array(2), new DataView(new ArrayBuffer(4)), Buffer.alloc(9)],
];

/** Calls with every combination of up to two junk arguments after each of `starts`. */
function callWithJunk(target: object, name: string, starts: readonly unknown[][]): number {
  const call: unknown = Reflect.get(target, name);
  assert.ok(typeof call === 'function');
  const callable: Callable = call.bind(target);
  let thrown = 0;
  for (const start of starts) {
    for (const first of junk) {
      for (const second of junk) {
        try {
          callable(...start, first, second);
        } catch (error) {
          assert.ok(error instanceof Error, name);
          thrown += 1;
        }
      }
    }
  }
  return thrown;
}

function openLoaded() {
  const object = addon.openObject(bytes, 'numbered', null);
  assert.ok(!('errno' in object));
  assert.equal(object.load(), 0);
  return object;
}

const anyMap = [[], [0], [1], [2], [3]];
const keyed = [[3, new Uint8Array(8)], [0, new Uint8Array(4)], ...anyMap];

test('exports throw on junk and never crash', () => {
  assert.ok(callWithJunk(addon, 'openObject', [[], [bytes]]) > 0);
  assert.ok(callWithJunk(addon, 'openKernelTypes', [[]]) > 0);
  assert.ok(callWithJunk(addon, 'tryProgram', [[], ['lsm']]) > 0);
  assert.ok(callWithJunk(addon, 'findKernelSymbol', [[]]) > 0);
  assert.ok(callWithJunk(addon, 'readKernelVariable', [[]]) > 0);
  const types = addon.openKernelTypes('/sys/kernel/btf');
  assert.ok(typeof types !== 'number');
  assert.ok(callWithJunk(types, 'countParameters', [[]]) > 0);
  types.close();
});

test('methods of an object that is not loaded throw on junk and never crash', () => {
  const object = addon.openObject(bytes, 'numbered', null);
  assert.ok(!('errno' in object));
  assert.ok(callWithJunk(object, 'setMaxEntries', [[]]) > 0);
  assert.ok(callWithJunk(object, 'setInitialValue', [...anyMap, [4, 0], [4, 20], [4, 24]]) > 0);
  for (const name of [
    'setAutocreate',
    'setAutoload',
    'setAttachTarget',
    'keepVerifierLog',
    'verifierLog',
  ]) {
    assert.ok(callWithJunk(object, name, [[], [0]]) > 0);
  }
  object.close();
});

test('methods of a loaded object throw on junk and never crash', () => {
  const object = openLoaded();
  for (const name of ['mapGet', 'mapSet', 'mapDelete', 'mapNextKey']) {
    assert.ok(callWithJunk(object, name, keyed) > 0);
  }
  for (const name of ['attach', 'attachFunction', 'ring', 'programStats', 'verifierLog']) {
    assert.ok(callWithJunk(object, name, [[]]) > 0);
  }
  object.close();
});

test('methods of a ring throw on junk and never crash', () => {
  const object = openLoaded();
  const ring = object.ring(object.maps().findIndex((map) => map.type === 'ringbuf'));
  assert.ok(typeof ring !== 'number');
  assert.ok(callWithJunk(ring, 'read', [[]]) > 0);
  assert.ok(callWithJunk(ring, 'onReadable', [[]]) > 0);
  assert.ok(callWithJunk(ring, 'setReferenced', [[]]) > 0);
  ring.close();
  ring.close();
  assert.throws(() => ring.read(new Uint8Array(8), new Uint32Array(2)), { code: 'closed' });
  object.close();
});

test('a method refuses an object of another kind', () => {
  const object = openLoaded();
  const ring = object.ring(object.maps().findIndex((map) => map.type === 'ringbuf'));
  assert.ok(typeof ring !== 'number');
  for (const other of [ring, {}, addon, null, 1, Object.create(object)]) {
    assert.throws(() => Reflect.apply(object.maps, other, []), TypeError);
  }
  assert.throws(() => Reflect.apply(ring.pending, object, []), TypeError);
  ring.close();
  object.close();
});
