// SPDX-License-Identifier: Apache-2.0
// Networks at run time: whether two have addresses in common, and how one is written. Families
// never mix: an IPv4 address in IPv6 form is an IPv4 address since it was read.

import type { IpNet } from '@fimbul/schema';
import type { IpRelation } from '../2-check/typed.ts';

/** What an address reads as where there is none. No comparison with it holds. */
export const noIpNet: IpNet = { family: 4, address: 0n, prefix: -1 };

function shareBits(left: IpNet, right: IpNet, prefix: number): boolean {
  if (left.family !== right.family || prefix < 0) return false;
  const width = left.family === 4 ? 32 : 128;
  return (left.address ^ right.address) >> BigInt(width - prefix) === 0n;
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

function formatIpv4(address: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((address >> shift) & 0xffn)).join('.');
}

/** As RFC 5952 asks: lower case, the longest run of two or more zeros as `::`. */
function formatIpv6(address: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((address >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  let best = { at: 0, length: 1 };
  for (let at = 0; at < groups.length; at++) {
    let end = at;
    while (groups[end] === '0') end++;
    if (end - at > best.length) best = { at, length: end - at };
  }
  if (best.length === 1) return groups.join(':');
  return `${groups.slice(0, best.at).join(':')}::${groups.slice(best.at + best.length).join(':')}`;
}

/** Writes an address, with its prefix where it is more than one address. */
export function formatIpNet({ family, address, prefix }: IpNet): string {
  if (prefix < 0) return '';
  const text = family === 4 ? formatIpv4(address) : formatIpv6(address);
  return prefix === (family === 4 ? 32 : 128) ? text : `${text}/${prefix}`;
}
