// SPDX-License-Identifier: Apache-2.0
// The automaton against the matchers that it is made of: what it says of a path is what they say,
// exactly where nothing had to be relaxed, and never less.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KernelFilter, OperationFilter } from '@fimbul/schema';
import fc from 'fast-check';
import { compileGlob, matchesGlob } from '../2-check/glob.ts';
import type { StringMatcher } from '../2-check/typed.ts';
import { filterEvent } from './filter-model.ts';
import { buildPathAutomaton, pathAutomatonLimits } from './path-automaton.ts';
import { allPaths, type PathFormula, PathFormulas } from './path-formula.ts';
import { toNamePattern, toPathPattern } from './path-pattern.ts';

const glob = (pattern: string): StringMatcher => {
  const compiled = compileGlob(pattern);
  assert.ok(compiled, pattern);
  return { kind: 'glob', glob: compiled };
};
const exact = (value: string): StringMatcher => ({ kind: 'exact', value });

function matches(matchers: readonly StringMatcher[], path: string): boolean {
  return matchers.some((matcher) => {
    if (matcher.kind === 'exact') return matcher.value === path;
    if (matcher.kind === 'glob') return matchesGlob(matcher.glob, path);
    throw new Error('not in these tests');
  });
}

const match = (
  formulas: PathFormulas,
  matchers: readonly StringMatcher[],
  negated: boolean,
): PathFormula => formulas.match(matchers.map(toPathPattern), negated);

const noNames = { names: new Map<string, bigint>(), otherNames: -1n, longNames: -1n };

function makeFilter(
  formulas: readonly PathFormula[],
  limits = pathAutomatonLimits as Parameters<typeof buildPathAutomaton>[1],
): { readonly filter: KernelFilter; readonly relaxed: number } {
  const { automaton: paths, relaxed } = buildPathAutomaton([formulas], limits);
  const operation: OperationFilter = {
    operation: 'open',
    lanes: (1n << BigInt(formulas.length)) - 1n,
    source: noNames,
    destination: null,
    values: [],
    sourceRow: 0,
    destinationRow: 0,
    anySourcePath: 0n,
    anyDestinationPath: 0n,
    failures: 'all',
    programRow: 0,
    anyProcess: -1n,
  };
  return { filter: { operations: [operation], paths, programs: null }, relaxed };
}

function listLanes(filter: KernelFilter, path: string): readonly boolean[] {
  const visible = {
    ...{ sourceName: null, destinationName: null, destinationPath: null, values: {}, result: 0n },
    sourcePath: path.slice(1).split('/'),
  };
  const lanes = filterEvent(filter, 'open', visible);
  return Array.from({ length: 8 }, (_, lane) => ((lanes >> BigInt(lane)) & 1n) === 1n);
}

function decide(matchers: readonly StringMatcher[], path: string): boolean {
  const { filter } = makeFilter([match(new PathFormulas(), matchers, false)]);
  return listLanes(filter, path)[0] ?? false;
}

describe('one pattern', () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['/etc/*', ['/etc/a', '/etc/*'], ['/etc', '/etc/a/b', '/etcx/a', '/a/etc/b']],
    ['/etc/**', ['/etc/a', '/etc/a/b/c'], ['/etc', '/etcx/a']],
    ['/**', ['/', '/a', '/a/b'], []],
    ['**/x', ['/x', '/a/x', '/a/b/x'], ['/', '/x/a', '/xx']],
    ['/', ['/'], ['/a']],
    ['/*', ['/', '/a'], ['/a/b']],
    ['/a*', ['/a', '/ab'], ['/', '/b']],
    ['**/', ['/'], ['/a', '/a/b']],
    ['/**/a', ['/a', '/b/a'], ['/']],
    ['', [], ['/', '/a']],
    ['**/.ssh/*', ['/.ssh/a', '/root/.ssh/a'], ['/.ssh', '/root/.ssh/a/b', '/.ssh/a/b']],
    ['/a/b/**/b/c', ['/a/b/b/c', '/a/b/x/b/c', '/a/b/b/b/c'], ['/a/b/c/c', '/a/c/b/c']],
    ['/a/**/*.so', ['/a/x.so', '/a/b/.so'], ['/a.so', '/b/x.so', '/a/x.so/b']],
    ['/lib*.so', ['/lib.so', '/libx.so'], ['/lib', '/li.so', '/lib.so/a', '/x/lib.so']],
    ['/*/x', ['/a/x', '/*/x'], ['/x', '/a/b/x']],
    ['*/x', ['/a/x'], ['/x', '/a/b/x']],
    ['/a*/b*/**', ['/a/b/c', '/ax/by/c/d'], ['/a/b', '/x/b/c']],
    ['etc/*', [], ['/etc/a', '/a']],
    ['/etc//x', [], ['/etc/x', '/etc/a/x']],
    ['/etc/', [], ['/', '/etc', '/etc/a']],
  ];
  for (const [pattern, yes, no] of cases) {
    it(`${pattern} is decided as it is matched`, () => {
      for (const path of yes) {
        assert.equal(matches([glob(pattern)], path), true, path);
        assert.equal(decide([glob(pattern)], path), true, path);
      }
      for (const path of no) {
        assert.equal(matches([glob(pattern)], path), false, path);
        assert.equal(decide([glob(pattern)], path), false, path);
      }
    });
  }

  it('that is an exact path is that path alone', () => {
    const passwd = [exact('/etc/passwd')];
    assert.equal(decide(passwd, '/etc/passwd'), true);
    for (const path of ['/etc', '/etc/passwd/x', '/etc/passwe', '/x/etc/passwd']) {
      assert.equal(decide(passwd, path), false, path);
    }
    assert.equal(decide([exact('etc/passwd'), exact(''), exact('/etc//x')], '/etc/passwd'), false);
    assert.deepEqual([decide([exact('/')], '/'), decide([exact('/')], '/etc')], [true, false]);
    assert.deepEqual([decide(passwd, '/'), decide([exact(''), exact('a')], '/')], [false, false]);
  });

  it('of names knows the root directory, which has an empty one', () => {
    const decideName = (matcher: StringMatcher, path: string): boolean => {
      const formulas = new PathFormulas();
      const { filter } = makeFilter([formulas.match([toNamePattern(matcher)], false)]);
      return listLanes(filter, path)[0] ?? false;
    };
    const pattern = (text: string): StringMatcher => ({ kind: 'pattern', pattern: text });
    assert.deepEqual([decideName(exact(''), '/'), decideName(exact(''), '/a')], [true, false]);
    assert.deepEqual(
      [decideName(pattern('*'), '/'), decideName(pattern('a*'), '/')],
      [true, false],
    );
    assert.deepEqual([decideName(pattern(''), '/'), decideName(exact('a'), '/')], [false, false]);
  });

  it('that is an expression or crosses directories rules nothing out', () => {
    const formulas = new PathFormulas();
    const regexp: StringMatcher = { kind: 'regexp', regexp: '^/etc' };
    assert.equal(match(formulas, [regexp, exact('/a')], false), allPaths);
    assert.equal(match(formulas, [{ kind: 'pattern', pattern: '/e*' }], true), allPaths);
    // What can be expressed is still certain.
    const { filter } = makeFilter([match(formulas, [regexp, exact('/a')], true)]);
    assert.deepEqual(listLanes(filter, '/a')[0], false);
    assert.deepEqual(listLanes(filter, '/b')[0], true);
  });
});

const names = ['a', 'b', 'ab', 'aba', 'abab', 'x.so', 'lib.so', '.so', 'li', 'y'.repeat(60)];
const arbitraryName = fc.constantFrom(...names, 'z'.repeat(59));
const arbitraryPart = fc.oneof(
  { weight: 3, arbitrary: arbitraryName },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...['*', 'a*', '*b', 'a*b', 'ab*ba', '*a*', 'l*.so', '*.so', 'y*', `*${'y'.repeat(60)}`],
      ...[`${'z'.repeat(58)}*`, 'x*.*o', '**x'],
    ),
  },
);

const arbitraryMatcher: fc.Arbitrary<StringMatcher> = fc.oneof(
  fc.array(arbitraryName, { maxLength: 4 }).map((parts) => exact(`/${parts.join('/')}`)),
  fc.array(arbitraryPart, { maxLength: 4 }).map((parts) => glob(`/${parts.join('/')}`)),
  fc
    .tuple(
      fc.array(arbitraryPart, { maxLength: 3 }),
      fc.array(
        fc.oneof(
          { weight: 9, arbitrary: arbitraryPart },
          { weight: 1, arbitrary: fc.constant('') },
        ),
        {
          maxLength: 3,
        },
      ),
      fc.boolean(),
    )
    .map(([before, after, isRooted]) =>
      glob([...(isRooted ? ['', ...before] : []), '**', ...after].join('/')),
    ),
);

const arbitraryPath = fc
  .array(fc.oneof(arbitraryName, fc.constantFrom('q', 'aqb', 'lq.so', '*')), { maxLength: 6 })
  .map((parts) => `/${parts.join('/')}`);

const arbitraryPaths = fc.array(arbitraryPath, { minLength: 30, maxLength: 60, size: 'max' });

/** A matcher of which the kernel compares all. */
function isExact(matcher: StringMatcher, path: string): boolean {
  const pattern = toPathPattern(matcher);
  if (pattern === 'never') return true;
  const isShort = path.split('/').every((name) => name.length <= 59);
  return pattern?.isExact === true && isShort;
}

const numRuns = Number(process.env.FIMBUL_PROPERTY_RUNS ?? 200);

describe('any patterns', () => {
  const arbitraryLists = fc.array(fc.array(arbitraryMatcher, { minLength: 1, maxLength: 5 }), {
    minLength: 1,
    maxLength: 6,
  });

  it('are decided as they are matched, together and negated', () => {
    fc.assert(
      fc.property(arbitraryLists, arbitraryPaths, (lists, paths) => {
        const formulas = new PathFormulas();
        const wanted = lists.map((matchers, lane) => match(formulas, matchers, lane % 2 === 1));
        const { filter, relaxed } = makeFilter(wanted);
        assert.equal(relaxed, 0);
        for (const path of paths) {
          const lanes = listLanes(filter, path);
          lists.forEach((matchers, lane) => {
            const isMatch = matches(matchers, path) !== (lane % 2 === 1);
            if (isMatch) assert.equal(lanes[lane], true, `lane ${lane}: ${path}`);
            else if (matchers.every((matcher) => isExact(matcher, path))) {
              assert.equal(lanes[lane], false, `lane ${lane}: ${path}`);
            }
          });
        }
      }),
      { numRuns },
    );
  });

  it('rule out no match where there is little room for them', () => {
    fc.assert(
      fc.property(
        arbitraryLists,
        arbitraryPaths,
        fc.integer({ min: 1, max: 60 }),
        (lists, paths, room) => {
          const formulas = new PathFormulas();
          const wanted = lists.map((matchers, lane) => match(formulas, matchers, lane % 2 === 1));
          const limits = { ...pathAutomatonLimits, statesMax: room, edgesMax: 2 * room };
          const { filter } = makeFilter(wanted, limits);
          assert.ok(filter.paths.states.length <= room);
          for (const path of paths) {
            const lanes = listLanes(filter, path);
            lists.forEach((matchers, lane) => {
              const isMatch = matches(matchers, path) !== (lane % 2 === 1);
              if (isMatch) assert.equal(lanes[lane], true, `lane ${lane}: ${path}`);
            });
          }
        },
      ),
      { numRuns },
    );
  });
});
