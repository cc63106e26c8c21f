// SPDX-License-Identifier: Apache-2.0
// The TextMate grammars in editors/textmate, run by the engine that editors run them with: scopes
// of a policy by example, and for generated policies that every token has the scope of its class.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import oniguruma from 'vscode-oniguruma';
import textmate, { type IGrammar } from 'vscode-textmate';
import type { TokenKind } from '../1-parse/lexer.ts';
import { formatPolicy } from '../format/format-policy.ts';
import { createPlainExpression } from '../source-text.ts';
import { arbitraryExpression } from '../testing/arbitrary-expressions.ts';
import { arbitraryMessyPolicy } from '../testing/arbitrary-yaml.ts';
import { type PlacedToken, placeExpression, placeTokens } from '../testing/token-places.ts';

const grammarFiles: Readonly<Record<string, string>> = {
  'source.secl': 'secl.tmLanguage.json',
  'source.fimbul-policy': 'fimbul-policy.tmLanguage.json',
};

function readGrammar(name: string): string {
  return readFileSync(new URL(`../../../../editors/textmate/${name}`, import.meta.url), 'utf8');
}

let secl: IGrammar;
let policy: IGrammar;

before(async () => {
  const wasm = createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm');
  await oniguruma.loadWASM(readFileSync(wasm));
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: (scope) => {
      const file = grammarFiles[scope];
      return Promise.resolve(
        file === undefined ? null : textmate.parseRawGrammar(readGrammar(file), file),
      );
    },
  });
  const load = async (scope: string): Promise<IGrammar> => {
    const grammar = await registry.loadGrammar(scope);
    assert.ok(grammar);
    return grammar;
  };
  [secl, policy] = [await load('source.secl'), await load('source.fimbul-policy')];
});

type Part = { readonly from: number; readonly to: number; readonly scopes: readonly string[] };

/** Runs a grammar over a text; offsets are those of the text. */
function cut(grammar: IGrammar, text: string): readonly Part[] {
  const parts: Part[] = [];
  let stack = textmate.INITIAL;
  let offset = 0;
  for (const source of text.split('\n')) {
    const { tokens, ruleStack, stoppedEarly } = grammar.tokenizeLine(source, stack);
    assert.equal(stoppedEarly, false);
    for (const { startIndex, endIndex, scopes } of tokens) {
      parts.push({ from: offset + startIndex, to: offset + endIndex, scopes });
    }
    stack = ruleStack;
    offset += source.length + 1;
  }
  return parts;
}

/** The innermost scope of each part that has one of its own. */
function show(grammar: IGrammar, text: string): readonly string[] {
  return cut(grammar, text).flatMap(({ from, to, scopes }) => {
    const source = text.slice(from, to).trim();
    const scope = scopes.findLast((name) => !/^(?:source|meta)\./.test(name));
    return scope === undefined || source === '' ? [] : [`${source} ${scope}`];
  });
}

/** The scope that a token of each class has, itself or around it. */
const tokenScopes: Readonly<Record<TokenKind | 'comment', RegExp>> = {
  cidr: /^constant\.other\.network\.secl$/,
  ip: /^constant\.other\.address\.secl$/,
  variable: /^variable\.other\.readwrite\.secl$/,
  reference: /^variable\.other\.reference\.secl$/,
  duration: /^constant\.numeric\.duration\.secl$/,
  regexp: /^string\.regexp\.secl$/,
  identifier: new RegExp(
    String.raw`^(?:variable\.other\.(?:property|macro)|constant\.other\.caps|` +
      String.raw`constant\.language\.boolean|keyword\.operator\.word)\.secl$`,
  ),
  string: /^string\.quoted\.double\.secl$/,
  pattern: /^string\.quoted\.pattern\.secl$/,
  integer: /^constant\.numeric\.integer\.secl$/,
  punctuation: /^(?:keyword\.operator|punctuation\.(?:section|separator))\..*\.secl$/,
  end: /^$/,
  comment: /^comment\.line\..*secl$/,
};

function assertTokens(grammar: IGrammar, text: string, tokens: readonly PlacedToken[]): void {
  const scopesAt: (readonly string[])[] = [];
  for (const { from, to, scopes } of cut(grammar, text)) {
    for (let at = from; at < to; at++) scopesAt[at] = scopes;
  }
  for (const { kind, text: token, offsets } of tokens) {
    for (const offset of offsets) {
      const scopes = scopesAt[offset] ?? [];
      const isRight = scopes.some((scope) => tokenScopes[kind].test(scope));
      assert.ok(isRight, `${kind} ${token} at ${offset} is ${scopes.join(' ')} in\n${text}`);
    }
  }
}

describe('the grammar of expressions', () => {
  it('gives each construct its scope', () => {
    const text = [
      'open.file.path in [ "/etc/a", ~"/b/**" ] and !(process.ancestors[A].file.name =~ r"^x\\."),',
      '&& open.flags & (O_CREAT|1) > -2 // why',
      '|| not process.created_at <= 5s or 10.0.0.0/8 != ::1 == true # end',
      '"${v} of %{open.file.name}" !~ ${process.seen} + MACRO ^ macro allin[ 1 ]',
    ].join('\n');
    assert.deepEqual(show(secl, text), [
      ...['open.file.path variable.other.property.secl', 'in keyword.operator.word.secl'],
      '[ punctuation.section.list.secl',
      '" punctuation.definition.string.begin.secl',
      '/etc/a string.quoted.double.secl',
      '" punctuation.definition.string.end.secl',
      ', punctuation.separator.list.secl',
      '~" punctuation.definition.string.begin.secl',
      '/b/ string.quoted.pattern.secl',
      '** keyword.other.wildcard.secl',
      '" punctuation.definition.string.end.secl',
      '] punctuation.section.list.secl',
      'and keyword.operator.word.secl',
      '! keyword.operator.logical.secl',
      '( punctuation.section.group.secl',
      'process.ancestors[A].file.name variable.other.property.secl',
      '=~ keyword.operator.comparison.secl',
      'r" punctuation.definition.string.begin.secl',
      '^x string.regexp.secl',
      '\\. constant.character.escape.secl',
      '" punctuation.definition.string.end.secl',
      ...[') punctuation.section.group.secl', ', punctuation.separator.list.secl'],
      ...['&& keyword.operator.logical.secl', 'open.flags variable.other.property.secl'],
      ...['& keyword.operator.bitwise.secl', '( punctuation.section.group.secl'],
      ...['O_CREAT constant.other.caps.secl', '| keyword.operator.bitwise.secl'],
      ...['1 constant.numeric.integer.secl', ') punctuation.section.group.secl'],
      ...['> keyword.operator.comparison.secl', '-2 constant.numeric.integer.secl'],
      '// why comment.line.double-slash.secl',
      ...['|| keyword.operator.logical.secl', 'not keyword.operator.word.secl'],
      'process.created_at variable.other.property.secl',
      ...['<= keyword.operator.comparison.secl', '5s constant.numeric.duration.secl'],
      ...['or keyword.operator.word.secl', '10.0.0.0/8 constant.other.network.secl'],
      ...['!= keyword.operator.comparison.secl', '::1 constant.other.address.secl'],
      ...['== keyword.operator.comparison.secl', 'true constant.language.boolean.secl'],
      '# end comment.line.number-sign.secl',
      '" punctuation.definition.string.begin.secl',
      '${ punctuation.definition.variable.begin.secl',
      'v variable.other.readwrite.secl',
      '} punctuation.definition.variable.end.secl',
      'of string.quoted.double.secl',
      '%{ punctuation.definition.variable.begin.secl',
      'open.file.name variable.other.reference.secl',
      '} punctuation.definition.variable.end.secl',
      '" punctuation.definition.string.end.secl',
      '!~ keyword.operator.comparison.secl',
      '${ punctuation.definition.variable.begin.secl',
      'process.seen variable.other.readwrite.secl',
      '} punctuation.definition.variable.end.secl',
      ...['+ keyword.operator.arithmetic.secl', 'MACRO constant.other.caps.secl'],
      ...['^ keyword.operator.bitwise.secl', 'macro variable.other.macro.secl'],
      ...['allin keyword.operator.word.secl', '[ punctuation.section.list.secl'],
      ...['1 constant.numeric.integer.secl', '] punctuation.section.list.secl'],
    ]);
  });

  it('agrees with the lexer on generated expressions', () => {
    fc.assert(
      fc.property(arbitraryExpression, (text) => {
        assertTokens(secl, text, placeExpression(createPlainExpression('x', text)));
      }),
      { numRuns: 200 },
    );
  });
});

describe('the grammar of policies', () => {
  it('gives YAML its scopes', () => {
    const text = [
      '# head',
      '---',
      'version: "1\\t" # first',
      "'rules':",
      '  - &a id: shadow',
      '    description: |',
      '      text: # of it',
      '    disabled: true',
      '    every: 10',
      "    tags: { group: a b, 'x': [1, *a] }",
      '    expression: >-',
      '      a.b == "x"',
      '    actions:',
      "      - filter: 'c'",
    ].join('\n');
    assert.deepEqual(show(policy, text), [
      ...['# head comment.line.number-sign.yaml', '--- entity.other.document.begin.yaml'],
      ...['version entity.name.tag.yaml', ': punctuation.separator.key-value.yaml'],
      ...['" string.quoted.double.yaml', '1 string.quoted.double.yaml'],
      '\\t constant.character.escape.yaml',
      ...['" string.quoted.double.yaml', '# first comment.line.number-sign.yaml'],
      ...["'rules' entity.name.tag.yaml", ': punctuation.separator.key-value.yaml'],
      '- punctuation.definition.block.sequence.item.yaml',
      ...['&a entity.name.type.anchor.yaml', 'id entity.name.tag.yaml'],
      ...[': punctuation.separator.key-value.yaml', 'shadow string.unquoted.plain.yaml'],
      ...['description entity.name.tag.yaml', ': punctuation.separator.key-value.yaml'],
      ...['| keyword.control.flow.block-scalar.yaml', 'text: # of it string.unquoted.block.yaml'],
      ...['disabled entity.name.tag.yaml', ': punctuation.separator.key-value.yaml'],
      ...['true constant.language.yaml', 'every entity.name.tag.yaml'],
      ...[': punctuation.separator.key-value.yaml', '10 constant.numeric.yaml'],
      ...['tags entity.name.tag.yaml', ': punctuation.separator.key-value.yaml'],
      ...['{ punctuation.definition.mapping.begin.yaml', 'group entity.name.tag.yaml'],
      ...[': punctuation.separator.key-value.yaml', 'a b string.unquoted.plain.yaml'],
      ...[', punctuation.separator.sequence.yaml', "'x' entity.name.tag.yaml"],
      ': punctuation.separator.key-value.yaml',
      ...['[ punctuation.definition.sequence.begin.yaml', '1 constant.numeric.yaml'],
      ...[', punctuation.separator.sequence.yaml', '*a variable.other.alias.yaml'],
      '] punctuation.definition.sequence.end.yaml',
      '} punctuation.definition.mapping.end.yaml',
      ...['expression entity.name.tag.yaml', ': punctuation.separator.key-value.yaml'],
      '>- keyword.control.flow.block-scalar.yaml',
      ...['a.b variable.other.property.secl', '== keyword.operator.comparison.secl'],
      ...['" punctuation.definition.string.begin.secl', 'x string.quoted.double.secl'],
      '" punctuation.definition.string.end.secl',
      ...['actions entity.name.tag.yaml', ': punctuation.separator.key-value.yaml'],
      '- punctuation.definition.block.sequence.item.yaml',
      ...['filter entity.name.tag.yaml', ': punctuation.separator.key-value.yaml'],
      "' punctuation.definition.string.begin.yaml",
      ...['c variable.other.macro.secl', "' punctuation.definition.string.end.yaml"],
    ]);
  });

  it('shows a comment in a folded scalar for as long as it goes on', () => {
    const text = 'expression: >-\n  a # c\n  && b\n\n  || d\nid: e';
    assert.deepEqual(show(policy, text).slice(2), [
      ...['>- keyword.control.flow.block-scalar.yaml', 'a variable.other.macro.secl'],
      ...['# comment.line.secl', 'c comment.line.secl', '&& b comment.line.secl'],
      ...['|| keyword.operator.logical.secl', 'd variable.other.macro.secl'],
      ...['id entity.name.tag.yaml', ': punctuation.separator.key-value.yaml'],
      'e string.unquoted.plain.yaml',
    ]);
  });

  it('shows tokens of expressions in every style of scalar', () => {
    const folder = new URL('../../testdata/format/', import.meta.url);
    for (const name of readdirSync(folder)) {
      const text = readFileSync(new URL(name, folder), 'utf8');
      assertTokens(policy, text, placeTokens(text));
    }
  });

  it('shows tokens of generated policies in the one layout', () => {
    fc.assert(
      fc.property(arbitraryMessyPolicy, ({ text }) => {
        const formatted = formatPolicy('x', text);
        if (formatted.kind === 'refused') assert.fail(formatted.problems[0]?.message);
        assertTokens(policy, formatted.text, placeTokens(formatted.text));
      }),
      { numRuns: 150 },
    );
  });
});

it('the folder is what editors take for an extension: each file that it names is there', () => {
  const { contributes } = JSON.parse(readGrammar('package.json')) as {
    contributes: {
      languages: { id: string; configuration: string }[];
      grammars: { language: string; scopeName: string; path: string }[];
    };
  };
  for (const { language, scopeName, path } of contributes.grammars) {
    assert.equal(path, `./${grammarFiles[scopeName]}`);
    assert.equal(JSON.parse(readGrammar(path)).scopeName, scopeName);
    const found = contributes.languages.find(({ id }) => id === language);
    assert.ok(JSON.parse(readGrammar(found?.configuration ?? '')));
  }
});
