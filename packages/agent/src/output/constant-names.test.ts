// SPDX-License-Identifier: Apache-2.0
// Names of flags and of single constants.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ConstantGroupName, constantGroups } from '@fimbul/schema';
import fc from 'fast-check';
import { nameConstants } from './constant-names.ts';

function name(group: ConstantGroupName, value: number): string {
  return nameConstants(group, BigInt(value)).join(' ');
}

const cases: readonly (readonly [flags: number, names: string])[] = [
  [0, 'O_RDONLY'],
  [1, 'O_WRONLY'],
  [2, 'O_RDWR'],
  // The kernel's own mode for a descriptor that neither reads nor writes.
  [3, 'O_WRONLY O_RDWR'],
  [0o1101, 'O_WRONLY O_CREAT O_TRUNC'],
  [0o4010000, 'O_RDONLY O_SYNC'],
  [0o10000, 'O_RDONLY O_DSYNC'],
  // The bit of O_SYNC that O_DSYNC does not have is not a flag by itself.
  [0o4000000, 'O_RDONLY 0x100000'],
  [0o20200000, 'O_RDONLY O_TMPFILE'],
  [0o200000, 'O_RDONLY O_DIRECTORY'],
  [0o20200002, 'O_TMPFILE O_RDWR'],
  [0o4000, 'O_RDONLY O_NONBLOCK'],
  [0x80000000, 'O_RDONLY 0x80000000'],
  [0x80000001, 'O_WRONLY 0x80000000'],
];

describe('flags of open', () => {
  for (const [flags, names] of cases) {
    it(`0o${flags.toString(8)} is ${names}`, () => {
      assert.deepEqual(new Set(name('openFlags', flags).split(' ')), new Set(names.split(' ')));
    });
  }

  it('start with how the file is opened when it is only read', () => {
    assert.equal(nameConstants('openFlags', 0o2000100n)[0], 'O_RDONLY');
  });
});

describe('names of any flags', () => {
  for (const group of ['openFlags', 'unlinkFlags', 'renameFlags', 'capabilities'] as const) {
    it(`stand for exactly the value: ${group}`, () => {
      const constants: Readonly<Record<string, bigint>> = constantGroups[group];
      const property = fc.property(fc.bigInt(0n, 2n ** 42n), (value) => {
        const names = nameConstants(group, value);
        assert.equal(new Set(names).size, names.length);
        const bits = names.map((text) => constants[text] ?? BigInt(text));
        assert.equal(
          bits.reduce((sum, bit) => sum | bit, 0n),
          value,
        );
      });
      fc.assert(property);
    });
  }

  it('are none for none', () => {
    assert.deepEqual(nameConstants('renameFlags', 0n), []);
    assert.equal(name('renameFlags', 5), 'RENAME_NOREPLACE RENAME_WHITEOUT');
    assert.equal(name('unlinkFlags', 0x200), 'AT_REMOVEDIR');
    assert.equal(name('unlinkFlags', 0x300), 'AT_REMOVEDIR 0x100');
  });
});

describe('single constants', () => {
  it('are the one that equals the value', () => {
    assert.equal(name('exitCauses', 0), 'EXITED');
    assert.equal(name('exitCauses', 1), 'COREDUMPED');
    assert.equal(name('exitCauses', 2), 'SIGNALED');
    assert.equal(name('errors', -13), 'EACCES');
    assert.equal(name('errors', -9999), '');
  });
});
