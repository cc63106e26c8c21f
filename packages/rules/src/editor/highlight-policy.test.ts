// SPDX-License-Identifier: Apache-2.0
// Colours of policy files: the examples of testdata/editor (UPDATE=1 writes what comes out instead
// of comparing), and for generated policies that every token of every expression is shown as what
// the compiler reads there.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { TokenKind } from '../1-parse/lexer.ts';
import { actionKeys, macroKeys, ruleKeys, setKeys } from '../policy/policy-keys.ts';
import { arbitraryMessyPolicy } from '../testing/arbitrary-yaml.ts';
import { formatCases, parseCases } from '../testing/case-file.ts';
import { type PlacedToken, placeTokens } from '../testing/token-places.ts';
import { highlightPolicyLine, startOfPolicy } from './highlight-policy.ts';
import { expressionKeys } from './policy-scanner.ts';

/** Highlights a text; writes each part on a line of its own, with its place and style. */
function show(text: string): string {
  let line = startOfPolicy;
  const shown = text.split('\n').flatMap((source, number) => {
    const highlighted = highlightPolicyLine(source, line);
    line = highlighted.line;
    return highlighted.highlights.map(
      ({ from, to, style }) => `${number + 1}:${from + 1} ${style} ${source.slice(from, to)}`,
    );
  });
  return shown.join('\n');
}

/** The style of each character of a text. */
function styleCharacters(text: string): readonly (string | undefined)[] {
  const styles: (string | undefined)[] = [];
  let line = startOfPolicy;
  let offset = 0;
  for (const source of text.split('\n')) {
    const highlighted = highlightPolicyLine(source, line);
    line = highlighted.line;
    let end = 0;
    for (const { from, to, style } of highlighted.highlights) {
      assert.ok(from >= end && to > from && to <= source.length, 'parts are in order');
      for (let at = from; at < to; at++) styles[offset + at] = style;
      end = to;
    }
    offset += source.length + 1;
  }
  return styles;
}

const styles: Readonly<Record<TokenKind | 'comment', RegExp>> = {
  cidr: /^literal$/,
  ip: /^literal$/,
  variable: /^variableName\.special$/,
  reference: /^propertyName\.special$/,
  duration: /^number$/,
  regexp: /^regexp$/,
  identifier: /^(?:propertyName|variableName\.constant|macroName|bool|operatorKeyword)$/,
  string: /^(?:string|(?:variableName|propertyName)\.special)$/,
  pattern: /^string\.special$/,
  integer: /^integer$/,
  punctuation: /^(?:.*[oO]perator|paren|squareBracket|separator)$/,
  end: /^$/,
  comment: /^comment$/,
};

function assertTokens(text: string, tokens: readonly PlacedToken[]): void {
  const shown = styleCharacters(text);
  for (const { kind, text: token, offsets } of tokens) {
    for (const offset of offsets) {
      const style = shown[offset] ?? 'none';
      assert.match(style, styles[kind], `${kind} ${token} at ${offset} in\n${text}`);
    }
  }
}

describe('examples', () => {
  const file = new URL('../../testdata/editor/highlight-policy.case', import.meta.url);
  const cases = parseCases(readFileSync(file, 'utf8'));
  if (process.env.UPDATE === '1') {
    const answered = cases.map((one) => ({
      ...one,
      expectations: [{ kind: 'highlights', text: show(one.source) }],
    }));
    writeFileSync(file, formatCases(answered));
  }
  for (const { name, source, expectations } of cases) {
    it(name, () => {
      for (const { text } of expectations) assert.equal(show(source), text);
    });
  }
});

describe('expressions', () => {
  it('stand under the keys that the compiler reads expressions from', () => {
    const tables = [macroKeys, ruleKeys, actionKeys, setKeys];
    const keys = tables.flatMap((table) =>
      Object.entries(table).filter(([, { form }]) => form === 'expression'),
    );
    assert.deepEqual(new Set(keys.map(([name]) => name)), expressionKeys);
  });

  it('of the examples of layout are shown as they are read', () => {
    const folder = new URL('../../testdata/format/', import.meta.url);
    for (const name of readdirSync(folder)) {
      const text = readFileSync(new URL(name, folder), 'utf8');
      assertTokens(text, placeTokens(text));
    }
  });

  it('of generated policies are shown as they are read', () => {
    fc.assert(
      fc.property(arbitraryMessyPolicy, ({ text }) => assertTokens(text, placeTokens(text))),
      { numRuns: 300 },
    );
  });
});

it('any text is highlighted in order', () => {
  const piece = fc.constantFrom(
    ...['expression', ':', ' ', '- ', '{', '}', '[', ']', ',', '"', "'", '\\', '#', '//', '|', '>'],
    ...[
      '\n',
      '\n  ',
      '&',
      'a',
      '~"',
      'r"',
      '${',
      '\u00a0',
      '\t',
      '?',
      '%',
      '*',
      '!',
      '😀',
      '\ud800',
    ],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      styleCharacters(pieces.join(''));
    }),
    { numRuns: 500 },
  );
});
