// SPDX-License-Identifier: Apache-2.0
// Strings that are kept are those that the bytes say, whatever was read before.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { ShortTexts } from './short-texts.ts';

function read(texts: ShortTexts, bytes: readonly number[]): string {
  const batch = Buffer.from([9, 9, 9, ...bytes, 9]);
  const view = new DataView(batch.buffer, batch.byteOffset, batch.length);
  return texts.read(batch, view, 3);
}

it('reads what the bytes say, up to a NUL', () => {
  const texts = new ShortTexts();
  // Few different bytes, so that strings meet in slots and differ by little.
  const bytes = fc.array(fc.constantFrom(0, 1, 0x61, 0x62, 0xff), { minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(fc.array(bytes, { minLength: 1, maxLength: 50 }), (all) => {
      for (const one of [...all, ...all]) {
        const nul = one.indexOf(0);
        const expected = String.fromCharCode(...(nul === -1 ? one : one.slice(0, nul)));
        assert.equal(read(texts, one), expected);
      }
    }),
  );
});

it('keeps apart what differs behind the NUL alone', () => {
  const texts = new ShortTexts();
  const first = [0x61, 0, ...new Array<number>(14).fill(1)];
  const second = [0x61, 0, ...new Array<number>(14).fill(2)];
  assert.deepEqual([read(texts, first), read(texts, second)], ['a', 'a']);
});

it('reads nothing of zeros', () => {
  assert.equal(read(new ShortTexts(), new Array<number>(16).fill(0)), '');
});
