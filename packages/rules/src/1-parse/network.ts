// SPDX-License-Identifier: Apache-2.0
// Network addresses as rules write them. A single address is the network of all its bits; an IPv4
// address that is mapped into IPv6 becomes the IPv4 address; bits beyond a prefix are cleared.

import type { IpNet } from '@fimbul/schema';
import ipaddr from 'ipaddr.js';

/** Bits before the 32 of an IPv4 address that is mapped into IPv6. */
const mappedBits = 96;
const mappedPrefix = 0xffffn;

function readBytes(text: string): readonly number[] | null {
  if (text.includes(':')) {
    return ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text).toByteArray() : null;
  }
  return ipaddr.IPv4.isValidFourPartDecimal(text) ? ipaddr.IPv4.parse(text).toByteArray() : null;
}

/** Reads an address or a network; null where the text is neither. */
export function parseNetwork(text: string): IpNet | null {
  const [address = '', bits] = text.split('/');
  const bytes = readBytes(address);
  if (bytes === null) return null;
  const size = bytes.length * 8;
  const prefix = bits === undefined ? size : Number(bits);
  if (!(prefix <= size)) return null;
  const value = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  if (size === 128 && prefix >= mappedBits && value >> 32n === mappedPrefix) {
    return makeNet(4, value & 0xffffffffn, prefix - mappedBits);
  }
  return makeNet(size === 32 ? 4 : 6, value, prefix);
}

function makeNet(family: 4 | 6, value: bigint, prefix: number): IpNet {
  const beyond = BigInt((family === 4 ? 32 : 128) - prefix);
  return { family, address: (value >> beyond) << beyond, prefix };
}

/** Writes a network; a single address without its prefix, and what has none as nothing. */
export function formatIpNet({ family, address, prefix }: IpNet): string {
  if (prefix < 0) return '';
  const size = family === 4 ? 4 : 16;
  const bytes = Array.from({ length: size }, (_, index) =>
    Number((address >> BigInt(8 * (size - 1 - index))) & 0xffn),
  );
  const text = ipaddr.fromByteArray(bytes).toString();
  return prefix === size * 8 ? text : `${text}/${prefix}`;
}
