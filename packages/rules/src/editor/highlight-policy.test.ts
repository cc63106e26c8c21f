// SPDX-License-Identifier: Apache-2.0
// Colours of policy files: examples of YAML, and for generated policies that every token of every
// expression is shown as what the compiler reads there.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { TokenKind } from '../1-parse/lexer.ts';
import { actionKeys, macroKeys, ruleKeys, setKeys } from '../policy/policy-keys.ts';
import { arbitraryMessyPolicy } from '../testing/arbitrary-yaml.ts';
import { type PlacedToken, placeTokens } from '../testing/token-places.ts';
import { highlightPolicyLine, startOfPolicy } from './highlight-policy.ts';
import { expressionKeys } from './policy-scanner.ts';

/** Highlights a text; writes each part as `style(text)`, each line on its own. */
function show(text: string): string {
  let line = startOfPolicy;
  return text
    .split('\n')
    .map((source) => {
      const highlighted = highlightPolicyLine(source, line);
      line = highlighted.line;
      return highlighted.highlights
        .map(({ from, to, style }) => `${style}(${source.slice(from, to)})`)
        .join(' ');
    })
    .join('\n');
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

describe('YAML around expressions', () => {
  const cases: readonly (readonly [text: string, shown: string])[] = [
    ['# c', 'comment(# c)'],
    [
      'version: "1" # c',
      'propertyName.definition(version) punctuation(:) string(") string(1) string(") comment(# c)',
    ],
    ['- id: a b', 'punctuation(-) propertyName.definition(id) punctuation(:) content(a b)'],
    ['a: 12', 'propertyName.definition(a) punctuation(:) integer(12)'],
    ['a: true', 'propertyName.definition(a) punctuation(:) bool(true)'],
    ['a: &x !!str *y', 'propertyName.definition(a) punctuation(:) meta(&x) meta(!!str) meta(*y)'],
    ['--- # c', 'meta(---) comment(# c)'],
    ['%YAML 1.2', 'meta(%YAML 1.2)'],
    [
      'a: |- # c\n  x: y\nb:',
      'propertyName.definition(a) punctuation(:) meta(|-) comment(# c)\nstring(x: y)\npropertyName.definition(b) punctuation(:)',
    ],
    [
      "'k': 'it''s\n  on'",
      "propertyName.definition('k') punctuation(:) string(') string(it''s)\nstring(on) string(')",
    ],
    [
      'a: b\n  c # d\n# e',
      'propertyName.definition(a) punctuation(:) content(b)\ncontent(c) comment(# d)\ncomment(# e)',
    ],
    [
      '{ a: [b, 1], "c": \'d\' }',
      'punctuation({) propertyName.definition(a) punctuation(:) punctuation([) content(b) punctuation(,) integer(1) punctuation(]) punctuation(,) propertyName.definition("c") punctuation(:) string(\') string(d) string(\') punctuation(})',
    ],
  ];
  for (const [text, shown] of cases)
    it(JSON.stringify(text), () => assert.equal(show(text), shown));
});

describe('expressions', () => {
  const key = 'propertyName.definition(expression) punctuation(:)';
  const cases: readonly (readonly [text: string, shown: string])[] = [
    [
      'expression: open.flags & O_CREAT|1 > 0 && !M # c',
      `${key} propertyName(open.flags) bitwiseOperator(&) variableName.constant(O_CREAT) bitwiseOperator(|) integer(1) compareOperator(>) integer(0) logicOperator(&&) logicOperator(!) macroName(M) comment(# c)`,
    ],
    [
      "expression: 'a.b == \"it''s ${x}\"'",
      `${key} punctuation(') propertyName(a.b) compareOperator(==) string("it''s ) variableName.special(\${x}) string(") punctuation(')`,
    ],
    [
      'expression: "a.b =~ \\"x\\""',
      `${key} punctuation(") propertyName(a.b) compareOperator(=~) string(\\"x\\") punctuation(")`,
    ],
    [
      'expression: >-\n  a.b # c\n  && d\n\n  or x',
      `${key} meta(>-)\npropertyName(a.b) comment(# c)\ncomment(&& d)\n\noperatorKeyword(or) macroName(x)`,
    ],
    [
      'expression: |\n  a.b // c\n  && ~"x" != r"y"\nid: a',
      `${key} meta(|)\npropertyName(a.b) comment(// c)\nlogicOperator(&&) string.special(~"x") compareOperator(!=) regexp(r"y")\npropertyName.definition(id) punctuation(:) content(a)`,
    ],
    [
      'filters:\n  - os.id == "a"\n  - hostname\ntags: [x]',
      'propertyName.definition(filters) punctuation(:)\npunctuation(-) propertyName(os.id) compareOperator(==) string("a")\npunctuation(-) propertyName(hostname)\npropertyName.definition(tags) punctuation(:) punctuation([) content(x) punctuation(])',
    ],
    [
      '{ filters: [a.b], expression: 5s >= 1 }',
      'punctuation({) propertyName.definition(filters) punctuation(:) punctuation([) propertyName(a.b) punctuation(]) punctuation(,) propertyName.definition(expression) punctuation(:) number(5s) compareOperator(>=) integer(1) punctuation(})',
    ],
    [
      'expression:\n  # c\n  not a.b in [10.0.0.0/8, ::1]',
      `${key}\ncomment(# c)\noperatorKeyword(not) propertyName(a.b) operatorKeyword(in) squareBracket([) literal(10.0.0.0/8) separator(,) literal(::1) squareBracket(])`,
    ],
    ['expression: a == "x', `${key} macroName(a) compareOperator(==) string("x)`],
    ['expression: a; b', `${key} macroName(a) invalid(;) macroName(b)`],
  ];
  for (const [text, shown] of cases)
    it(JSON.stringify(text), () => assert.equal(show(text), shown));

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
