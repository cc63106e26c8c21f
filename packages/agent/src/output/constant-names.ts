// SPDX-License-Identifier: Apache-2.0
// Integers as the names of their constants, for people and for JSON.

import { type ConstantGroup, type ConstantGroupName, constantGroups } from '@fimbul/schema';

const accessModeMask = 3n;

function countBits(value: bigint): number {
  return value.toString(2).replaceAll('0', '').length;
}

function byWidth(group: ConstantGroup): [string, bigint][] {
  return Object.entries(group).sort(([, a], [, b]) => countBits(b) - countBits(a));
}

function nameBits(group: ConstantGroup, value: bigint): string[] {
  const names: string[] = [];
  let left = value;
  for (const [name, bits] of byWidth(group)) {
    // Constants of several bits (O_SYNC) come first and take the bits of those they contain.
    if (bits !== 0n && (value & bits) === bits && (left & bits) !== 0n) {
      names.push(name);
      left &= ~bits;
    }
  }
  if (left !== 0n) names.push(`0x${left.toString(16)}`);
  return names;
}

/** Names the value: the flags it consists of, or the one constant it equals. */
export function nameConstants(groupName: ConstantGroupName, value: bigint): string[] {
  const group = constantGroups[groupName];
  switch (groupName) {
    case 'openFlags': {
      const { O_RDONLY: _readOnly, ...flags } = group;
      const names = nameBits(flags, value);
      // Reading alone has no bit; with both bits the kernel checks for both and gives neither.
      return (value & accessModeMask) === 0n ? ['O_RDONLY', ...names] : names;
    }
    case 'exitCauses':
    case 'errors':
      return Object.entries(group)
        .filter(([, constant]) => constant === value)
        .map(([name]) => name);
    default:
      return nameBits(group, value);
  }
}
