// SPDX-License-Identifier: Apache-2.0
// A network address as rules compare it: one address or a whole network. An IPv4 address that is
// mapped into IPv6 is the IPv4 address.

export type IpNet = {
  readonly family: 4 | 6;
  /** The address as an unsigned integer of 32 or 128 bits. Bits beyond the prefix are zero. */
  readonly address: bigint;
  /** How many leading bits count: 32 or 128 for a single address. */
  readonly prefix: number;
};
