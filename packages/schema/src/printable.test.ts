// SPDX-License-Identifier: Apache-2.0
// What a terminal would obey is shown as text, and text stays as it is.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { escapeControls } from './printable.ts';

/** Any character; fast-check's own unit `binary` takes half a second to set up. */
const anyCharacter = fc
  .oneof(fc.nat(0x7f), fc.nat(0xd7ff), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((code) => String.fromCodePoint(code));

test('escapeControls: text of any language stays', () => {
  const text = 'plain Größe 名前 🙂 ~\\"\'';
  assert.equal(escapeControls(text), text);
});

test('escapeControls: C0, DEL, C1, marks of direction and ends of lines', () => {
  assert.equal(escapeControls('\0\t\n\x1b[2J\x7f\x9b'), '\\x00\\x09\\x0a\\x1b[2J\\x7f\\x9b');
  assert.equal(escapeControls('\u202e\u2066\u2028\u200b'), '\\u{202e}\\u{2066}\\u{2028}\\u{200b}');
});

test('escapeControls: nothing of the kind is left of any string', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), (text) => {
      assert.doesNotMatch(escapeControls(text), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
  );
});
