// SPDX-License-Identifier: Apache-2.0
// The text of a document is the document, whatever its shape.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonObject } from './field-writer.ts';
import { toJsonText } from './json-text.ts';

/** Any character; fast-check's own unit `binary` takes half a second to set up. */
const anyCharacter = fc
  .oneof(fc.nat(0x7f), fc.nat(0xd7ff), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((code) => String.fromCodePoint(code));

const text = fc.string({ unit: anyCharacter });
const block = fc.dictionary(text, fc.oneof(text, fc.integer(), fc.boolean()), { maxKeys: 3 });

test('toJsonText gives what JSON.stringify gives', () => {
  const document = fc.record(
    {
      event: block,
      process: fc.record(
        { pid: fc.integer(), file: block, parent: block, ancestors: fc.array(block) },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(document, (value) => {
      const plain = JSON.parse(JSON.stringify(value)) as JsonObject;
      assert.deepEqual(JSON.parse(toJsonText(plain)), plain);
    }),
  );
});

test('toJsonText gives the same text for shared ancestors each time', () => {
  const ancestor: JsonObject = { pid: 1, comm: 'init' };
  const process = { pid: 7, parent: ancestor, ancestors: [ancestor] };
  const expected =
    '{"process":{"pid":7,"parent":{"pid":1,"comm":"init"},"ancestors":[{"pid":1,"comm":"init"}]}}';
  assert.equal(toJsonText({ process }), expected);
  assert.equal(toJsonText({ process }), expected);
});
