// SPDX-License-Identifier: Apache-2.0
// The automaton means what the matchers of the checker mean, at every limit and for any bytes.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compileGlob, matchesGlob, matchesPattern } from '../2-check/glob.ts';
import { listLimits, WildAutomaton, type WildLimits } from './wild-automaton.ts';
import type { WildMatcher } from './wild-trie.ts';

function glob(text: string): WildMatcher {
  const compiled = compileGlob(text);
  assert.ok(compiled, text);
  return { kind: 'glob', glob: compiled };
}

function pattern(text: string): WildMatcher {
  return { kind: 'pattern', pattern: text };
}

function accepts(matcher: WildMatcher, value: string): boolean {
  return matcher.kind === 'glob'
    ? matchesGlob(matcher.glob, value)
    : matchesPattern(matcher.pattern, value);
}

function createGroupAutomaton(
  groups: readonly (readonly WildMatcher[])[],
  limits?: WildLimits,
): WildAutomaton<readonly number[]> {
  return new WildAutomaton(groups, (found) => found, limits);
}

function assertSame(
  groups: readonly (readonly WildMatcher[])[],
  values: readonly string[],
  limits?: WildLimits,
): void {
  const automaton = createGroupAutomaton(groups, limits);
  for (const value of values) {
    const expected = groups.flatMap((matchers, group) =>
      matchers.some((matcher) => accepts(matcher, value)) ? [group] : [],
    );
    assert.deepEqual(automaton.find(value), expected, JSON.stringify(value));
  }
}

/** A small alphabet, so that random patterns meet random strings; two bytes are no UTF-8. */
const arbitraryPiece = fc.constantFrom(
  'a',
  'b',
  'ab',
  '*',
  '**',
  '/',
  '/',
  '',
  '\xff',
  '\x00',
  '?',
);
const arbitraryText = fc.array(arbitraryPiece, { maxLength: 9 }).map((pieces) => pieces.join(''));
const arbitraryGlob = fc
  .array(fc.constantFrom('a', 'b', '*', 'a*', '*b', 'a*b', '**', '', '\xff*'), { maxLength: 5 })
  .map((components) => components.join('/'))
  .filter((text) => compileGlob(text) !== null)
  .map(glob);
const arbitraryWild = fc.oneof(arbitraryGlob, arbitraryText.map(pattern));
const arbitraryValue = fc.oneof(
  arbitraryText,
  fc
    .array(fc.constantFrom('a', 'b', 'ab', '', '\xff', 'ax\x80b', '*'), { maxLength: 6 })
    .map((components) => components.join('/')),
  fc.string({ unit: 'binary', maxLength: 6 }),
);
const arbitraryCase = fc.record({
  groups: fc.array(fc.array(arbitraryWild, { minLength: 1, maxLength: 4 }), { maxLength: 6 }),
  values: fc.array(arbitraryValue, { minLength: 1, maxLength: 12 }),
});

describe('WildAutomaton', () => {
  it('means what the matchers mean one by one', () => {
    fc.assert(
      fc.property(arbitraryCase, ({ groups, values }) => assertSame(groups, values)),
      { numRuns: 1500 },
    );
  });

  it('means the same when it has to forget its states all the time', () => {
    const limits = { entriesMax: 1, nodesMax: 1 };
    fc.assert(
      fc.property(arbitraryCase, ({ groups, values }) => assertSame(groups, values, limits)),
      { numRuns: 500 },
    );
  });

  it('knows the corners of globs', () => {
    const texts = [
      '/a/b/**/b/c',
      '**',
      '*/x',
      '/a/*',
      '/**/',
      '**/c',
      '/a/**',
      'a**b',
      '',
      '/',
      '*',
    ];
    const values = [
      ...['/a/b/c', '/a/b/b/c', '/a/b', '', '/', '//', '/x', 'x', 'q/x', '/a/', '/a/b/', 'c', '/c'],
      ...['a/c', 'ab', 'axb', 'a/b', '/a', '/ax', '*', '**', '/*'],
    ];
    assertSame(
      texts.map((text) => [glob(text)]),
      values,
    );
    assertSame(
      [...texts, '*a*', 'a*', '***'].map((text) => [pattern(text)]),
      values,
    );
  });

  it('tells groups apart and names a group once', () => {
    const automaton = createGroupAutomaton([
      [glob('/etc/*'), glob('/etc/**')],
      [glob('/usr/**'), glob('/etc/**')],
    ]);
    assert.deepEqual(automaton.find('/etc/passwd'), [0, 1]);
    assert.deepEqual(automaton.find('/usr/bin/x'), [1]);
    assert.deepEqual(automaton.find('/var'), []);
  });

  it('walks over strings of any length', () => {
    const long = `/srv/${'x/'.repeat(50_000)}token`;
    const automaton = createGroupAutomaton([[glob('/srv/**/token')], [pattern('*y*')]]);
    assert.deepEqual(automaton.find(long), [0]);
    assert.ok(automaton.stateCount < 20);
  });

  it('keeps to its limits, whatever strings come', () => {
    // Each wild remembers for itself whether its byte came by: 2^26 states, if all were kept.
    const letters = Array.from({ length: 26 }, (_, index) => String.fromCharCode(97 + index));
    const automaton = createGroupAutomaton(
      letters.map((letter) => [pattern(`*${letter}*`)]),
      listLimits,
    );
    let seed = 1;
    for (let round = 0; round < 2000; round++) {
      let value = '';
      for (let at = 0; at < 26; at++) {
        seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
        value += letters[(seed >> 16) % 26] ?? '';
      }
      const expected = letters.flatMap((letter, group) => (value.includes(letter) ? [group] : []));
      assert.deepEqual(automaton.find(value), expected);
      assert.ok(automaton.stateCount * 28 <= listLimits.entriesMax);
    }
  });
});
