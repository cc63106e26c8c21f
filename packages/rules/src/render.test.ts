// SPDX-License-Identifier: Apache-2.0
// How a diagnostic looks on a terminal.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createDiagnostic } from './diagnostics.ts';
import { renderDiagnostic } from './render.ts';
import { createSourceFile, locateOffsets } from './source-text.ts';

function render(text: string, [start, end]: readonly [number, number], color = false): string {
  const place = locateOffsets(createSourceFile('p.policy', text), start, end);
  return renderDiagnostic(createDiagnostic('FR1108', { name: 'x' }, place), text, { color });
}

describe('renderDiagnostic', () => {
  it('quotes the line and points at the place', () => {
    assert.equal(
      render('a: 1\nb: xyz\n', [8, 11]),
      [
        'p.policy:2:4: error FR1108: x has no length',
        '   |',
        ' 2 | b: xyz',
        '   |    ^^^',
        '   = help: only strings and lists have one',
      ].join('\n'),
    );
  });

  it('keeps tabs, so that the caret stands below its character', () => {
    const lines = render('\tb: x', [4, 5]).split('\n');
    assert.equal(lines[2], ' 1 | \tb: x');
    assert.equal(lines[3], '   | \t   ^');
  });

  it('counts the columns of a terminal, not characters', () => {
    const caretsOf = (text: string, range: readonly [number, number]) =>
      render(text, range).split('\n')[3]?.slice('   | '.length);
    assert.equal(caretsOf('😀 x', [3, 4]), '   ^');
    assert.equal(caretsOf('𝒳 x', [3, 4]), '  ^');
    assert.equal(caretsOf('路径 x', [3, 4]), '     ^');
    assert.equal(caretsOf('a 路径 x', [2, 4]), '  ^^^^');
    assert.equal(caretsOf('e\u0301 x', [3, 4]), '  ^');
    assert.equal(caretsOf('☀\ufe0f x', [3, 4]), '   ^');
    assert.equal(caretsOf('路\tx', [2, 3]), '  \t^');
    assert.equal(caretsOf('ｱ x', [2, 3]), '  ^');
  });

  it('stays on the line on which a place begins', () => {
    const lines = render('abc\ndef\n', [1, 7]).split('\n');
    assert.equal(lines[3], '   |  ^^');
  });

  it('shows long lines around the place', () => {
    const text = `${'a'.repeat(500)}xyz${'b'.repeat(500)}`;
    const [, , line = '', carets = ''] = render(text, [500, 503]).split('\n');
    assert.ok(line.length < 200);
    assert.equal(line.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1), 'xyz');
  });

  it('never lets reach a terminal what it would obey or turn around', () => {
    const [, , line, carets] = render('a\u001b[2J\u202eb: x', [9, 10]).split('\n');
    assert.equal(line, ' 1 | a\\x1b[2J\\u{202e}b: x');
    // The caret stands below the character, however long the escapes before it are.
    assert.equal(carets?.indexOf('^'), line?.lastIndexOf('x'));
  });

  it('keeps names of files and rules on their line', () => {
    const place = { file: 'a\nb\u202e.policy', line: 1, column: 1, length: 1 };
    const diagnostic = createDiagnostic('FR1108', { name: 'x\ny' }, place);
    const shown = renderDiagnostic({ ...diagnostic, rule: 'r\nr' }, 'x', { color: false });
    const [first] = shown.split('\n');
    const what = 'a\\x0ab\\u{202e}.policy:1:1: error FR1108: x\\x0ay has no length [r\\x0ar]';
    assert.equal(first, what);
  });

  it('colours on request', () => {
    assert.ok(render('abc', [0, 1], true).includes('\u001b[31merror FR1108\u001b[0m'));
  });
});
