// SPDX-License-Identifier: Apache-2.0
// The modes inside of CodeMirror itself: it shows the parts that the highlighters give, whatever
// it has read before, and every style is one that it knows.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it, mock } from 'node:test';
import { StreamLanguage } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import { highlightTree, tagHighlighter, tags } from '@lezer/highlight';
import fc from 'fast-check';
import { tokenize } from '../1-parse/lexer.ts';
import { createPlainExpression } from '../source-text.ts';
import { arbitraryExpression } from '../testing/arbitrary-expressions.ts';
import { highlightPolicyLine, startOfPolicy } from './highlight-policy.ts';
import { expressionMode, policyMode } from './stream-mode.ts';

/** Every style that a mode may give, as CodeMirror is to understand it. */
const highlighter = tagHighlighter([
  { tag: tags.comment, class: 'comment' },
  { tag: tags.string, class: 'string' },
  { tag: tags.special(tags.string), class: 'string.special' },
  { tag: tags.regexp, class: 'regexp' },
  { tag: tags.integer, class: 'integer' },
  { tag: tags.number, class: 'number' },
  { tag: tags.literal, class: 'literal' },
  { tag: tags.bool, class: 'bool' },
  { tag: tags.propertyName, class: 'propertyName' },
  { tag: tags.special(tags.propertyName), class: 'propertyName.special' },
  { tag: tags.definition(tags.propertyName), class: 'propertyName.definition' },
  { tag: tags.constant(tags.variableName), class: 'variableName.constant' },
  { tag: tags.special(tags.variableName), class: 'variableName.special' },
  { tag: tags.macroName, class: 'macroName' },
  { tag: tags.operatorKeyword, class: 'operatorKeyword' },
  { tag: tags.logicOperator, class: 'logicOperator' },
  { tag: tags.compareOperator, class: 'compareOperator' },
  { tag: tags.arithmeticOperator, class: 'arithmeticOperator' },
  { tag: tags.bitwiseOperator, class: 'bitwiseOperator' },
  { tag: tags.operator, class: 'operator' },
  { tag: tags.paren, class: 'paren' },
  { tag: tags.squareBracket, class: 'squareBracket' },
  { tag: tags.separator, class: 'separator' },
  { tag: tags.punctuation, class: 'punctuation' },
  { tag: tags.invalid, class: 'invalid' },
  { tag: tags.content, class: 'content' },
  { tag: tags.meta, class: 'meta' },
]);

const expressionLanguage = StreamLanguage.define(expressionMode);
const policyLanguage = StreamLanguage.define(policyMode);

type Language = typeof expressionLanguage | typeof policyLanguage;

/** The style of each character, as CodeMirror shows it. */
function show(language: Language, text: string): readonly (string | undefined)[] {
  const shown: (string | undefined)[] = [];
  highlightTree(language.parser.parse(text), highlighter, (from, to, style) => {
    for (let at = from; at < to; at++) shown[at] = style;
  });
  return shown;
}

function readExamples(): readonly string[] {
  const folder = new URL('../../testdata/format/', import.meta.url);
  return readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'));
}

describe('the mode for policies', () => {
  it('shows each line as it is highlighted', () => {
    const warn = mock.method(console, 'warn');
    for (const text of readExamples()) {
      const shown = show(policyLanguage, text);
      let line = startOfPolicy;
      let offset = 0;
      for (const source of text.split('\n')) {
        const highlighted = highlightPolicyLine(source, line);
        line = highlighted.line;
        const expected: (string | undefined)[] = [];
        for (const { from, to, style } of highlighted.highlights) {
          for (let at = from; at < to; at++) expected[at] = style;
        }
        for (let at = 0; at < source.length; at++) {
          assert.equal(shown[offset + at], expected[at], `${at} of ${source}`);
        }
        offset += source.length + 1;
      }
    }
    // CodeMirror warns of styles that it does not know.
    assert.equal(warn.mock.callCount(), 0);
  });

  it('says how comments are written', () => {
    const state = EditorState.create({ doc: 'a: b', extensions: [policyLanguage] });
    assert.deepEqual(state.languageDataAt('commentTokens', 0), [{ line: '#' }]);
  });
});

describe('the mode for expressions', () => {
  it('shows tokens, also those of several lines', () => {
    const text = 'a.b == "x\n# y ${z}\n" # c\n&& ~"p\n" in r"q"';
    const shown = show(expressionLanguage, text);
    const parts: string[] = [];
    for (let from = 0; from < text.length; ) {
      let to = from + 1;
      while (to < text.length && shown[to] === shown[from] && text[to - 1] !== '\n') to++;
      const style = shown[from];
      if (style !== undefined) parts.push(`${style}(${text.slice(from, to).trimEnd()})`);
      from = to;
    }
    assert.deepEqual(parts, [
      ...['propertyName(a.b)', 'compareOperator(==)', 'string("x)', 'string(# y)'],
      ...['variableName.special(${z})', 'string(")', 'comment(# c)', 'logicOperator(&&)'],
      ...['string.special(~"p)', 'string.special(")', 'operatorKeyword(in)', 'regexp(r"q")'],
    ]);
  });

  it('shows something for every token of generated expressions, and nothing between them', () => {
    fc.assert(
      fc.property(arbitraryExpression, (text) => {
        const shown = show(expressionLanguage, text);
        const { tokens } = tokenize(createPlainExpression('x', text));
        let end = 0;
        for (const { start, end: next, kind } of tokens) {
          for (let at = end; at < start; at++) {
            // Two characters of one operator may stand apart.
            if (/\s/.test(text[at] ?? '')) assert.match(shown[at] ?? 'compareOperator', /Op|comm/);
            else assert.equal(shown[at], 'comment', text);
          }
          for (let at = start; at < next; at++) assert.notEqual(shown[at], undefined, kind);
          end = next;
        }
      }),
      { numRuns: 200 },
    );
  });
});
