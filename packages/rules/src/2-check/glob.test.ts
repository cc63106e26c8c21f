// SPDX-License-Identifier: Apache-2.0
// Patterns by examples: what `*` and `**` accept in a path and in other strings.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileGlob, getGlobName, matchesGlob, matchesPattern } from './glob.ts';

function matches(pattern: string, path: string): boolean {
  const glob = compileGlob(pattern);
  assert.ok(glob, `${pattern} does not compile`);
  return matchesGlob(glob, path);
}

const accepted: readonly (readonly [string, string])[] = [
  ['/tmp/*', '/tmp/'],
  ['/tmp/*', '/tmp/a'],
  ['/usr/**', '/usr/bin/c$t'],
  ['/usr/**', '/usr/bin'],
  ['/usr/**', '/usr/'],
  ['**', '/usr/bin'],
  ['/**', '/usr'],
  ['/*/*/*', '/usr/bin/x'],
  ['*/abc/*', '/1/abc/2'],
  ['*', '/a'],
  ['/tmp/test/*st*', '/tmp/test/ast'],
  ['/tmp/test/test789*', '/tmp/test/test7890'],
  ['/run/**/token', '/run/a/b/token'],
  ['/run/**/token', '/run/token'],
  ['**/conf', '/etc/conf'],
  ['/etc/ab**', '/etc/abc'],
  ['/a/b/**/b/c', '/a/b/c'],
  ['/a?[b]', '/a?[b]'],
];

const refused: readonly (readonly [string, string])[] = [
  ['/usr/bin/*', '/usr/bin/a/b'],
  ['/usr/**', '/usr'],
  ['/usr/**', '/usrx/a'],
  ['/tmp/*', '/tmp/test/ast'],
  ['*', '/tmp/test/ast'],
  ['/', '/httpd'],
  ['/tmp/test/*st*', '/tmp/test'],
  ['/etc/ab**', '/etc/ab/c'],
  ['/run/**/token', '/run/a/tokens'],
  ['/run/**/token', '/runs/a/token'],
  ['**/conf', 'conf'],
  ['**', ''],
  ['*', ''],
  ['', ''],
  ['/a?', '/ab'],
];

describe('matchesGlob', () => {
  for (const [pattern, path] of accepted) {
    it(`accepts "${path}" for ${pattern}`, () => assert.equal(matches(pattern, path), true));
  }
  for (const [pattern, path] of refused) {
    it(`refuses "${path}" for ${pattern}`, () => assert.equal(matches(pattern, path), false));
  }
});

describe('compileGlob', () => {
  it('refuses a second **', () => {
    assert.equal(compileGlob('/a/**/b/**'), null);
    assert.equal(compileGlob('**/**'), null);
  });
});

describe('getGlobName', () => {
  it('returns the last component where it is literal', () => {
    const names = ['/etc/**/shadow', '/etc/*/a', '**/b', '/etc/*', '/etc/**', '/etc/**/*.d'];
    const found = names.map((pattern) => {
      const glob = compileGlob(pattern);
      return glob && getGlobName(glob);
    });
    assert.deepEqual(found, ['shadow', 'a', 'b', null, null, null]);
  });
});

describe('matchesPattern', () => {
  const rows: readonly (readonly [string, string, boolean])[] = [
    ['a*', 'abc', true],
    ['*b*', 'abc', true],
    ['*c', 'abc', true],
    ['a*c', 'a/b/c', true],
    ['ab*bc', 'abc', false],
    ['a*b*c', 'axbxc', true],
    ['a*b*b', 'ab', false],
    ['*', '', true],
    ['**', 'x', true],
    ['', '', false],
    ['', 'a', false],
    ['abc', 'abc', true],
    ['a?', 'ab', false],
  ];
  for (const [pattern, value, expected] of rows) {
    it(`of ${pattern} and "${value}" is ${expected}`, () => {
      assert.equal(matchesPattern(pattern, value), expected);
    });
  }
  it('takes linear time for each star', () => {
    const pattern = `${'*a'.repeat(50)}*b`;
    assert.equal(matchesPattern(pattern, 'a'.repeat(100_000)), false);
  });
});
