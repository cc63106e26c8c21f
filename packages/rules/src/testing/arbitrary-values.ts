// SPDX-License-Identifier: Apache-2.0
// Random tests of the values that the kernel may have tables for, and random values that come near:
// modes that differ in a bit, ids at the numbers that are compared with and beside them.

import { bitValues, type FileOperation, fieldsByName, listFilteredFields } from '@fimbul/schema';
import fc from 'fast-check';
import type { EventValue } from './interpret-values.ts';

const ids = ['0', '1', '999', '1000', '1001', '65534', '4294967294', '4294967295'];
const modeBits = ['S_ISUID', 'S_ISGID', 'S_ISVTX', 'S_IXGRP', 'S_IWOTH', 'S_IROTH', 'S_IRUSR'];
const types = ['S_IFDIR', 'S_IFREG', 'S_IFLNK'];

const arbitraryOrder = fc.constantFrom('==', '!=', '<', '<=', '>', '>=');
const arbitraryBits = fc
  .subarray([...modeBits, 'S_IFMT', ...types], { minLength: 1, maxLength: 4 })
  .map((bits) => `(${bits.join('|')})`);

function arbitraryModeTest(name: string): fc.Arbitrary<string> {
  return fc.oneof(
    fc.tuple(arbitraryBits, arbitraryOrder).map(([bits, order]) => `${name} & ${bits} ${order} 0`),
    fc.tuple(arbitraryBits, arbitraryBits).map(([bits, value]) => `${name} & ${bits} == ${value}`),
    fc.constantFrom(...types).map((type) => `${name} & S_IFMT == ${type}`),
    fc.tuple(arbitraryOrder, arbitraryBits).map(([order, bits]) => `${name} ${order} ${bits}`),
    fc
      .tuple(fc.constantFrom('in', 'not in'), fc.subarray(modeBits, { minLength: 1 }))
      .map(([operator, bits]) => `${name} ${operator} [${bits.join(', ')}]`),
    fc.constantFrom(`${name} in [0, 33188, 420]`, `${name} not in [0, 2048, 35309]`),
    arbitraryBits.map((bits) => `(${name} | ${bits}) ^ 1 != ${bits}`),
    arbitraryBits.map((bits) => `${name} & ${bits} > process.uid`),
  );
}

function arbitraryNumberTest(name: string): fc.Arbitrary<string> {
  return fc.oneof(
    fc
      .tuple(arbitraryOrder, fc.constantFrom(...ids, '-1'))
      .map(([order, id]) => `${name} ${order} ${id}`),
    fc
      .tuple(fc.constantFrom(...ids), arbitraryOrder)
      .map(([id, order]) => `${id} ${order} ${name}`),
    fc
      .tuple(fc.constantFrom('in', 'not in'), fc.subarray(ids, { minLength: 1 }))
      .map(([operator, list]) => `${name} ${operator} [${list.join(', ')}]`),
    arbitraryOrder.map((order) => `${name} + 1 ${order} 1000`),
    arbitraryOrder.map((order) => `${name} ${order} process.gid`),
    fc.constantFrom(`${name} & 1 == 1`, `${name} - 1000 < 2`),
  );
}

function listFields(operation: FileOperation) {
  return [...listFilteredFields(operation)].filter(
    ([name, { value }]) => value !== 'result' && name !== 'open.flags',
  );
}

const filesystems = ['', 'ext4', 'ext3', 'tmpfs', 'overlay', 'nfs', 'nfs4', 'pipefs', 'myfs'];
const containers = ['', 'a1b2', 'web'];
const textPatterns = ['ext*', '*fs', '*', 'nfs*', 'web', 'a1*', 'my*'];

/** A test of a text that the kernel knows by a number. */
function arbitraryTextTest(name: string, texts: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    fc
      .tuple(fc.constantFrom('==', '!='), fc.constantFrom(...texts))
      .map(([operator, text]) => `${name} ${operator} "${text}"`),
    fc
      .tuple(fc.constantFrom('=~', '!~'), fc.constantFrom(...textPatterns))
      .map(([operator, text]) => `${name} ${operator} "${text}"`),
    fc
      .tuple(fc.constantFrom('in', 'not in'), fc.subarray([...texts], { minLength: 1 }))
      .map(([operator, list]) => `${name} ${operator} ${JSON.stringify(list)}`),
    fc.constantFrom(`${name} =~ r"fs$"`, `${name} != r"^$"`, `${name} == process.comm`),
  );
}

/** A test of a value other than the result and open's flags. */
export function arbitraryValueTest(operation: FileOperation): fc.Arbitrary<string> {
  return fc.constantFrom(...listFields(operation)).chain(([name, { value, mask, ofText }]) => {
    if (ofText) return arbitraryTextTest(name, value === 'contained' ? containers : filesystems);
    if (mask === 1n)
      return fc.constantFrom(name, `!${name}`, `${name} == false`, `${name} != false`);
    if (name.endsWith('mode') || name.endsWith('rights')) return arbitraryModeTest(name);
    return bitValues.has(value)
      ? fc.constantFrom(`${name} & 1 > 0`, `${name} == 2`, `${name} & 512 == 0`)
      : arbitraryNumberTest(name);
  });
}

const arbitraryMode = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(0, 0o40000, 0o100000, 0o120000),
      fc.subarray([0o4000, 0o2000, 0o1000, 0o400, 0o10, 0o4, 0o2]),
    )
    .map(([type, bits]) => BigInt(bits.reduce((sum, bit) => sum | bit, type))),
  fc.bigInt({ min: 0n, max: 0xffffn }),
);

/** Values of the fields above; rights follow from modes. */
export function arbitraryValues(
  operation: FileOperation,
): Record<string, fc.Arbitrary<EventValue>> {
  const number = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...ids.map(BigInt)) },
    { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: 0xffff_ffffn }) },
  );
  const entries = listFields(operation)
    .filter(([name]) => !name.endsWith('.rights'))
    .map(([name]): [string, fc.Arbitrary<EventValue>] => {
      if (fieldsByName.get(name)?.type === 'bool') return [name, fc.boolean()];
      if (name.endsWith('container.id')) return [name, fc.constantFrom(...containers)];
      if (name.endsWith('.filesystem')) return [name, fc.constantFrom(...filesystems)];
      if (name.endsWith('mode')) return [name, arbitraryMode];
      return [name, name.endsWith('.flags') ? fc.constantFrom(0n, 1n, 2n, 512n) : number];
    });
  return Object.fromEntries(entries);
}
