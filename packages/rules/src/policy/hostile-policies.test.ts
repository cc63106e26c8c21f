// SPDX-License-Identifier: Apache-2.0
// Whatever text a policy is, compiling it ends, throws nothing, and says only what has a place in
// the file. Aliases are where a small file could ask for endless work.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type CompileOptions, compilePolicies } from '../compile.ts';
import { renderDiagnostic } from '../render.ts';
import { type KeySpec, type KeyTable, policyKeys } from './policy-keys.ts';

function compile(text: string, options: CompileOptions = {}) {
  const compiled = compilePolicies([{ path: 'p.policy', text }], options);
  const lines = text.split('\n');
  for (const diagnostic of compiled.diagnostics) {
    const line = lines[diagnostic.line - 1];
    assert.ok(line !== undefined, `line ${diagnostic.line} exists`);
    assert.ok(diagnostic.column >= 1 && diagnostic.column <= line.length + 1);
    assert.ok(diagnostic.length >= 1 && diagnostic.message !== '' && diagnostic.advice !== '');
    const shown = renderDiagnostic(diagnostic, text, { color: false });
    assert.doesNotMatch(shown, /[^\P{C}\n\t\p{Cn}\p{Co}\p{Cs}]/u);
  }
  return compiled;
}

const words = [
  ...['open.flags == 0', 'open.file.path in M', '%{open.file.path} == "a"', '"${x}${process.y}"'],
  ...['M', 'x', 'process', 'process.parent', 'open.file', 'SIGKILL', 'merge', 'override', 'all'],
  ...['tags', '5s', '>= 7', 'os.is_debian', '', '\u202e', '1', '-1', 'true', 'info', '['],
];

/** A value as YAML text of one line. */
function arbitraryFlow(spec: KeySpec): fc.Arbitrary<string> {
  const word = fc.constantFrom(...words).map((text) => JSON.stringify(text));
  const odd = fc.constantFrom('*a', '*b', '*nope', '{}', '[]', 'null', '~', '7', '&b x', '!!str 1');
  return fc.oneof(
    { weight: 12, arbitrary: arbitraryProper(spec, word) },
    { weight: 1, arbitrary: odd },
  );
}

function arbitraryProper(spec: KeySpec, word: fc.Arbitrary<string>): fc.Arbitrary<string> {
  switch (spec.form) {
    case 'expression':
      return fc.oneof({ weight: 3, arbitrary: fc.constant('open.flags == 0') }, word);
    case 'choice':
      return fc.constantFrom(...spec.choices).map((text) => JSON.stringify(text));
    case 'boolean':
      return fc.constantFrom('true', 'false', 'yes');
    case 'texts':
    case 'choices':
      return fc.array(word, { maxLength: 3 }).map((list) => `[${list.join(', ')}]`);
    case 'map':
      return arbitraryMap(spec.keys);
    case 'list':
      return fc
        .array(fc.oneof({ weight: 8, arbitrary: arbitraryMap(spec.keys) }, fc.constant('*a')), {
          maxLength: 3,
        })
        .map((list) => `[${list.join(', ')}]`);
    default:
      return word;
  }
}

function arbitraryMap(keys: KeyTable): fc.Arbitrary<string> {
  const entries = Object.entries(keys).map(([key, spec]) => {
    const value = key === 'id' ? fc.constantFrom('a', 'b', 'M', '"c d"') : arbitraryFlow(spec);
    const weight = key === 'id' || key === 'rules' || key === 'expression' ? 12 : 1;
    return fc.oneof(
      { weight: 3, arbitrary: fc.constant(null) },
      { weight, arbitrary: value.map((text) => `${key}: ${text}`) },
    );
  });
  const extra = fc.constantFrom(
    null,
    null,
    null,
    null,
    null,
    null,
    '<<: *a',
    '<<: [*a, *b]',
    'idd: 1',
    '*a : 1',
  );
  return fc
    .tuple(fc.constantFrom('', '', '', '&a ', '&b '), ...entries, extra)
    .map(([anchor, ...list]) => `${anchor}{${list.filter((part) => part !== null).join(', ')}}`);
}

/** Cuts, repeats and moves pieces of a text. */
const arbitraryDamage = fc.oneof(
  fc.constant([]),
  fc.array(
    fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.nat(8),
      by: fc.nat(40),
    }),
    { maxLength: 3 },
  ),
);

function damage(text: string, changes: readonly { at: number; length: number; by: number }[]) {
  return changes.reduce((current, { at, length, by }) => {
    const start = Math.floor(at * current.length);
    const piece = by % 2 === 0 ? '' : current.slice(by, by + length);
    return current.slice(0, start) + piece + current.slice(start + length);
  }, text);
}

describe('policies of all sorts', () => {
  it('are compiled, and every problem has a place in the file', () => {
    const seen = { rules: 0, problems: 0 };
    const host = { 'os.is_debian': true };
    fc.assert(
      fc.property(arbitraryMap(policyKeys), arbitraryDamage, (policy, changes) => {
        const text = damage(policy.replaceAll(/(?<=\}), /g, ',\n  '), changes);
        const { ruleCount, diagnostics } = compile(text, { host });
        seen.rules += ruleCount;
        seen.problems += diagnostics.length;
      }),
      { numRuns: 1500 },
    );
    assert.ok(seen.rules > 5 && seen.problems > 500, JSON.stringify(seen));
  });
});

describe('aliases', () => {
  const repeat = (count: number, make: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => make(index)).join('\n');

  it('that repeat themselves end', () => {
    for (const text of [
      'rules: &r [*r, *r]',
      'rules: &r\n  - &a { <<: *a, id: a, expression: open.flags == 0 }\n  - *a',
      '&root { <<: *root, rules: [*root] }',
      'x-a: &a { <<: [*b, *a] }\nx-b: &b { <<: [*a, *b] }\nrules: [{ id: r, <<: *b }]',
      'rules: [{ id: &i a, expression: &i *i }]',
    ]) {
      compile(text);
    }
  });

  it('within aliases are not multiplied', () => {
    const list = repeat(20, (at) => `x-${at + 1}: &l${at + 1} [*l${at}, *l${at}, *l${at}]`);
    compile(`x-0: &l0 [a]\n${list}\nmacros: [{ id: M, values: *l20 }]`);
    const maps = repeat(20, (at) => `x-${at + 1}: &m${at + 1} { <<: [*m${at}, *m${at}] }`);
    const { ruleCount } = compile(
      `x-0: &m0 { expression: open.flags == 0 }\n${maps}\nrules: [{ id: r, <<: *m20 }]`,
    );
    assert.equal(ruleCount, 1);
  });

  it('of much, many times, are refused', () => {
    const actions = repeat(1000, () => '  - { hash: {} }');
    const rules = repeat(1000, (at) => `  - { id: r${at}, expression: M, actions: *a }`);
    const chain = repeat(
      3000,
      (at) => `  - &r${at + 1} { id: r${at}, k${at}: 1, <<: *r${at}, expression: open.flags == 0 }`,
    );
    const long = JSON.stringify(`open.flags == 0${' '.repeat(100_000)}`);
    const copies = repeat(100, (at) => `  - { id: r${at}, expression: *e }`);
    for (const text of [
      `x-a: &a\n${actions}\nrules:\n${rules}`,
      `x-a: &r0 { tags: {} }\nrules:\n${chain}`,
      `x-e: &e ${long}\nrules:\n${copies}`,
    ]) {
      const { diagnostics } = compile(text);
      assert.equal(diagnostics.filter(({ code }) => code === 'FR4019').length, 1);
    }
  });

  it('of what rules share are what they are for', () => {
    const rules = repeat(2000, (at) => `  - { id: r${at}, <<: *common, expression: *e }`);
    const common = 'x-common: &common { tags: { a: b }, every: 5s, product_tags: [x, y] }';
    const { ruleCount, diagnostics } = compile(
      `${common}\nx-e: &e open.file.name == "x"\nrules:\n${rules}`,
    );
    assert.deepEqual([ruleCount, diagnostics], [2000, []]);
  });
});
