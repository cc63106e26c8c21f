// SPDX-License-Identifier: Apache-2.0
// Every visible character of a scalar is found at its place in the file, in every style.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isMap, isScalar, parseDocument, type Scalar, stringify } from 'yaml';
import { createSourceFile } from '../source-text.ts';
import { mapScalar } from './scalar-offsets.ts';

/** Maps the value of the key `a` of a document. */
function mapValue(text: string) {
  const { contents } = parseDocument(text);
  const node = isMap(contents) ? contents.get('a', true) : null;
  assert.ok(isScalar(node) && typeof node.value === 'string' && node.range);
  const { value, type = 'PLAIN', range } = node;
  return mapScalar(createSourceFile('f', text), value, type as Scalar.Type, [range[0], range[1]]);
}

/** Every visible character stands, as itself, where the map says. */
function checkCharacters(text: string, isEscaped: boolean): void {
  const { text: value, offsets } = mapValue(text);
  let previous = -1;
  for (let index = 0; index < value.length; index++) {
    const offset = offsets[index] ?? -1;
    const character = value[index] ?? '';
    assert.ok(offset >= previous, 'offsets do not ascend');
    previous = offset;
    if (/\s/.test(character)) continue;
    if (isEscaped && text[offset] === '\\') continue;
    assert.equal(text[offset], character, `character ${index} of ${JSON.stringify(text)}`);
  }
}

const arbitraryLine = fc
  .array(fc.constantFrom('a', '==', '"x"', "'", '"', '&&', '  ', '#', 'é', '😀', '\\', '|', ':'))
  .map((words) => words.join(' '));

const arbitraryText = fc.array(arbitraryLine, { minLength: 1, maxLength: 5 });

const styles = ['PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED'] as const;

describe('mapScalar', () => {
  for (const style of styles) {
    it(`maps ${style} as the library writes it`, () => {
      fc.assert(
        fc.property(arbitraryText, fc.integer({ min: 20, max: 80 }), (lines, lineWidth) => {
          const value = lines.join('\n');
          const options = { defaultStringType: style, lineWidth } as const;
          checkCharacters(stringify({ a: value }, options), true);
        }),
        { numRuns: 500 },
      );
    });
  }

  it('maps a block with its own indentation, a comment and blank lines', () => {
    checkCharacters('a: >2- # why\n\n    x == 1\n\n  y\n     z\n', false);
    checkCharacters('a: |+\n   x\n\n     y  \n\n', false);
  });

  it('maps escapes in double quotes', () => {
    const text = 'a: "\\x41 \\u00e9\\U0001F600 \\" b\\\n   c\\ \\\n  \\td\n\n  e"';
    const { text: value, offsets } = mapValue(text);
    assert.equal(value, 'A é😀 " bc \td\ne');
    const places = [...value].flatMap((character) =>
      /\s/.test(character) ? [] : [offsets[value.indexOf(character)] ?? -1],
    );
    const shown = places.map((offset) => text.slice(offset, offset + 2));
    assert.deepEqual(shown, ['\\x', '\\u', '\\U', '\\"', 'b\\', 'c\\', 'd\n', 'e"']);
  });

  it('maps lines that end in CR LF', () => {
    checkCharacters('a: >\r\n  x == 1\r\n  && y\r\n', false);
    checkCharacters('a: x == 1\r\n  && y\r\n', false);
    checkCharacters('a: "x \\\r\n  y"\r\n', true);
  });
});
