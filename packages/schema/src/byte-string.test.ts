// SPDX-License-Identifier: Apache-2.0
// Text to bytes and back.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromByteString, toByteString } from './byte-string.ts';

/** Any character; fast-check's own unit `binary` takes half a second to set up. */
const anyCharacter = fc
  .oneof(fc.nat(0x7f), fc.nat(0xd7ff), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((code) => String.fromCodePoint(code));

test('ASCII is its own byte string', () =>
  assert.equal(toByteString('/etc/\0\x7f'), '/etc/\0\x7f'));

test('other text becomes one character for each byte of its UTF-8 form', () => {
  assert.equal(toByteString('é'), '\xc3\xa9');
  assert.equal(toByteString('a😀'), 'a\xf0\x9f\x98\x80');
});

test('U+0080, the first that is not ASCII, takes two bytes', () => {
  assert.equal(toByteString('\x80'), '\xc2\x80');
  assert.deepEqual(fromByteString('\x80'), { text: '\ufffd', exact: false });
});

test('text comes back as it was', () => {
  const property = fc.property(fc.string({ unit: anyCharacter }), (text) => {
    assert.deepEqual(fromByteString(toByteString(text)), { text, exact: true });
  });
  fc.assert(property);
});

test('a byte-order mark is text like any other', () => {
  assert.deepEqual(fromByteString(toByteString('\ufeffa')), { text: '\ufeffa', exact: true });
});

test('exact means that the text stands for these bytes and no others', () => {
  const bytes = fc.array(fc.integer({ min: 0, max: 255 })).map((a) => String.fromCharCode(...a));
  const property = fc.property(bytes, (byteString) => {
    const { text, exact } = fromByteString(byteString);
    assert.equal(toByteString(text) === byteString, exact);
  });
  fc.assert(property);
});

test('bytes that are not UTF-8 are replaced, the rest stays', () => {
  assert.deepEqual(fromByteString('a\xffb'), { text: 'a\ufffdb', exact: false });
});
