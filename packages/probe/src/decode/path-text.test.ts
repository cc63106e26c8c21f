// SPDX-License-Identifier: Apache-2.0
// Paths from the two forms that records have: components leaf first, and a caller's string.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { getBasename, joinCallerPath, turnComponents } from './path-text.ts';

/** In the middle of other bytes, as in a batch. */
function turn(components: string, rooted: boolean): string {
  const bytes = Buffer.from(`/x/${components}/y/`, 'latin1');
  return turnComponents(bytes, 3, bytes.length - 6, rooted);
}

const pathFromLeafFirst = (components: string) => turn(components, true);
const reverseComponents = (components: string) => turn(components, false);

describe('turnComponents to a path', () => {
  const cases: readonly (readonly [components: string, path: string])[] = [
    ['', '/'],
    ['etc', '/etc'],
    ['passwd/etc', '/etc/passwd'],
    ['c/b/a', '/a/b/c'],
    ['caf\xc3\xa9/\xff', '/\xff/caf\xc3\xa9'],
  ];
  for (const [components, path] of cases) {
    it(`makes ${path} of "${components}"`, () => assert.equal(pathFromLeafFirst(components), path));
  }

  it('turns any components around', () => {
    const byte = fc.integer({ min: 1, max: 255 }).filter((value) => value !== 0x2f);
    const component = fc
      .array(byte, { minLength: 1, maxLength: 300 })
      .map((bytes) => String.fromCharCode(...bytes));
    const property = fc.property(fc.array(component, { minLength: 1 }), (components) => {
      const path = pathFromLeafFirst(components.toReversed().join('/'));
      assert.equal(path, `/${components.join('/')}`);
    });
    fc.assert(property);
  });

  it('has room for more than any path', () => {
    const names = Array.from({ length: 3000 }, (_, index) => `n${index}`);
    assert.equal(pathFromLeafFirst(names.toReversed().join('/')), `/${names.join('/')}`);
  });
});

describe('turnComponents to the end of a path', () => {
  it('gives the end of a path, without a root', () => {
    assert.equal(reverseComponents(''), '');
    assert.equal(reverseComponents('c'), 'c');
    assert.equal(reverseComponents('c/b/a'), 'a/b/c');
  });
});

describe('joinCallerPath', () => {
  const cases: readonly (readonly [
    directory: string,
    string: string,
    path: string,
    why: string,
  ])[] = [
    ['/home/ann', 'notes', '/home/ann/notes', 'a relative string starts at its directory'],
    ['/', 'etc/passwd', '/etc/passwd', 'the root adds no slash of its own'],
    ['/', '/etc/passwd', '/etc/passwd', 'an absolute string starts at the root'],
    ['/home/ann', '', '/home/ann', 'an empty string is the directory itself (AT_EMPTY_PATH)'],
    ['/', '', '/', 'an empty string at the root is the root'],
    ['/', '/', '/', 'the root is the root'],
    ['/a', './b/./.', '/a/b', 'dots stand for where they are'],
    ['/a', 'b//c///d', '/a/b/c/d', 'repeated slashes are one'],
    ['/a', 'b/', '/a/b', 'a slash at the end is left out'],
    ['/', '//etc', '/etc', 'two slashes at the start are one'],
    ['/a/b', '../c', '/a/c', 'two dots go up'],
    ['/a/b', '../../../../c', '/c', 'two dots end at the root'],
    ['/a/b', 'c/../d', '/a/b/d', 'two dots take back a component'],
    ['/a', '...', '/a/...', 'three dots are a name'],
    ['/a', '..b/.c', '/a/..b/.c', 'dots may start a name'],
    ['/chroot', '/etc/passwd', '/chroot/etc/passwd', 'an absolute string stays in the chroot'],
    ['/chroot', '/../../etc', '/chroot/etc', 'and two dots do not leave it'],
    ['/chroot', '/a/../../b', '/chroot/b', 'nor from further below'],
    ['/chroot', '/..', '/chroot', 'nor at the end'],
    ['/\xff', '\x80\xfe', '/\xff/\x80\xfe', 'bytes stay as they are'],
  ];
  for (const [directory, string, path, why] of cases) {
    it(`${why}: "${string}" in ${directory}`, () => {
      assert.equal(joinCallerPath(directory, string), path);
    });
  }

  const piece = fc.constantFrom('a', 'bc', '.', '..', '', '\xff', '...');
  const pieces = fc.array(piece, { maxLength: 8 }).map((parts) => parts.join('/'));
  const plainDirectory = fc
    .array(fc.constantFrom('x', 'y', 'z'), { maxLength: 4 })
    .map((parts) => `/${parts.join('/')}`);

  it('gives a path without anything left to resolve', () => {
    const property = fc.property(plainDirectory, pieces, (directory, string) => {
      assert.match(joinCallerPath(directory, string), /^\/$|^(?:\/(?!\.{1,2}(?:\/|$))[^/]+)+$/);
    });
    fc.assert(property);
  });

  it('never leaves the directory that an absolute string starts from', () => {
    const property = fc.property(plainDirectory, pieces, (directory, string) => {
      const path = joinCallerPath(directory, `/${string}`);
      assert.ok(path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`));
    });
    fc.assert(property);
  });
});

describe('getBasename', () => {
  const cases: readonly (readonly [path: string, name: string])[] = [
    ['/etc/passwd', 'passwd'],
    ['/etc', 'etc'],
    ['/', ''],
    ['', ''],
  ];
  for (const [path, name] of cases) {
    it(`of "${path}" is "${name}"`, () => assert.equal(getBasename(path), name));
  }
});
