// SPDX-License-Identifier: Apache-2.0
// Pages are Markdown that tidy accepts.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { code, page, paragraph, table } from './markdown.ts';

describe('Markdown', () => {
  it('keeps the columns of a table apart, whatever the text', () => {
    assert.equal(table(['a', 'b'], [['x|y', 'z\nw']]), '| a | b |\n| --- | --- |\n| x\\|y | z w |');
  });

  it('writes code, with a backquote or without', () => {
    assert.equal(code('a'), '`a`');
    assert.equal(code('a`b'), '`` a`b ``');
  });

  it('breaks paragraphs, but neither words nor code', () => {
    const long = `\`${'x y '.repeat(30)}\``;
    const text = `${'word '.repeat(40)}${long} end`;
    const lines = paragraph(text).split('\n');
    assert.ok(lines.length > 2);
    assert.ok(lines.every((line) => line.length <= 100 || line.includes(long)));
    assert.equal(lines.join(' ').replaceAll(/\s+/g, ' '), text.replaceAll(/\s+/g, ' '));
    assert.equal(paragraph(''), '');
  });

  it('says where a page comes from, under its one title', () => {
    assert.match(page('T', 's.ts', ['one']), /^# T\n\n<!-- [^>]*s\.ts\. -->\n\none\n$/);
  });
});
