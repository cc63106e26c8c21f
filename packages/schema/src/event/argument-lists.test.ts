// SPDX-License-Identifier: Apache-2.0
// Flags and options as rules name them.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { listFlags, listOptions } from './argument-lists.ts';

type Case = readonly [args: string, flags: readonly string[], options: readonly string[]];

const cases: readonly Case[] = [
  ['', [], []],
  ['-s', ['s'], []],
  ['-sV', ['s', 'V', 'sV'], []],
  ['-s -V host', ['s', 'V'], ['V=host']],
  ['--wait', ['wait'], []],
  ['--w', [], []],
  ['-p 0-1024', ['p'], ['p=0-1024']],
  ['--p=0-1024', [], ['p=0-1024']],
  ['-p=80', [], ['p=80']],
  ['--user root --force', ['user', 'force'], ['user=root']],
  ['--dry-run file', ['dry-run'], ['dry-run=file']],
  ['-a.b', ['a.b'], []],
  ['- -- --- -= --=', [], []],
  ['-p -80', ['p', '8', '0', '80'], []],
  ['a b=c', [], []],
  ['-x -y z -q', ['x', 'y', 'q'], ['y=z']],
];

describe('arguments', () => {
  for (const [args, flags, options] of cases) {
    it(`of '${args}' are ${flags.length} flags and ${options.length} options`, () => {
      const list = args === '' ? [] : args.split(' ');
      assert.deepEqual(listFlags(list), flags);
      assert.deepEqual(listOptions(list), options);
    });
  }

  it('may be empty, and an empty one is a value', () => {
    assert.deepEqual(listFlags(['']), []);
    assert.deepEqual(listOptions(['-m', '']), ['m=']);
  });

  it('that were taken as a value name no option themselves', () => {
    assert.deepEqual(listOptions(['-a', 'b', 'c']), ['a=b']);
  });

  it('keep line breaks', () => {
    assert.deepEqual(listOptions(['--text', 'a\nb']), ['text=a\nb']);
    assert.deepEqual(listFlags(['--a\nb']), ['a\nb']);
  });
});
