// SPDX-License-Identifier: Apache-2.0
// Network addresses as text: IPv4 with dots, IPv6 as RFC 5952 says, with the prefix of a network.

import type { IpNet } from '@fimbul/schema';

const groupCount = 8;

function formatIpv4(address: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 0xffn).join('.');
}

function formatIpv6(address: bigint): string {
  const groups = Array.from({ length: groupCount }, (_, index) =>
    ((address >> BigInt(16 * (groupCount - 1 - index))) & 0xffffn).toString(16),
  );
  // The longest run of zeros is written `::`, the first of several, and never a single one.
  const [longest] = groups
    .map((_, start) => {
      const length = groups.slice(start).findIndex((group) => group !== '0');
      return { start, length: length < 0 ? groupCount - start : length };
    })
    .toSorted((a, b) => b.length - a.length);
  if (longest === undefined || longest.length < 2) return groups.join(':');
  const { start, length } = longest;
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`;
}

/** Formats an address, or a network as `address/prefix`. */
export function formatIpNet({ family, address, prefix }: IpNet): string {
  const text = family === 4 ? formatIpv4(address) : formatIpv6(address);
  return prefix === (family === 4 ? 32 : 128) ? text : `${text}/${prefix}`;
}
