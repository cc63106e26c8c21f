// SPDX-License-Identifier: Apache-2.0
// Networks at run time: whether two have addresses in common. Families
// never mix: an IPv4 address in IPv6 form is an IPv4 address since it was read.

import type { IpNet } from '@fimbul/schema';
import type { IpRelation } from '../2-check/typed.ts';

/** What an address reads as where there is none. No comparison with it holds. */
export const noIpNet: IpNet = { family: 4, address: 0n, prefix: -1 };

function getWidth(family: IpNet['family']): number {
  return family === 4 ? 32 : 128;
}

function shareBits(left: IpNet, right: IpNet, prefix: number): boolean {
  if (left.family !== right.family || prefix < 0) return false;
  const free = BigInt(getWidth(left.family) - prefix);
  return (left.address ^ right.address) >> free === 0n;
}

/** True when the relation holds between two networks. */
export function relatesIpNets(relation: IpRelation, left: IpNet, right: IpNet): boolean {
  switch (relation) {
    case 'same':
      return left.prefix === right.prefix && shareBits(left, right, left.prefix);
    case 'overlap':
      return shareBits(left, right, Math.min(left.prefix, right.prefix));
    case 'within':
      return left.prefix >= right.prefix && shareBits(left, right, right.prefix);
  }
}
