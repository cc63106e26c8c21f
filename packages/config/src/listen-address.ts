// SPDX-License-Identifier: Apache-2.0
// An address to listen at, as it stands in a configuration: an IP address and a port. Names are not
// taken: what one means is decided elsewhere, and it may be the whole network.

import { BlockList, isIP } from 'node:net';

export type ListenAddress = { readonly host: string; readonly port: number };

const portMax = 65_535;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Parses `127.0.0.1:3461` or `[::1]:3461`; null when it is not that. */
export function parseListenAddress(text: string): ListenAddress | null {
  const [, inBrackets, plain, digits] = /^(?:\[(.+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = inBrackets ?? plain ?? '';
  const port = Number(digits);
  const family = inBrackets === undefined ? 4 : 6;
  return isIP(host) === family && port <= portMax ? { host, port } : null;
}

/** Whether only this host reaches an address. */
export function isLoopback({ host }: ListenAddress): boolean {
  return loopback.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
}
