// SPDX-License-Identifier: Apache-2.0
// Which names a request to a local address may give. A web page can lead a browser of this host to
// a local address under a name of its own, and would then read the answer; it cannot make the
// browser say an address or `localhost`.

import { isIP } from 'node:net';

/** Whether the Host header of a request names an address, or this host. */
export function isOwnHost(header: string): boolean {
  const [, inBrackets, plain] = /^(?:\[(.+)\]|([^:]+))(?::\d{1,5})?$/.exec(header) ?? [];
  if (inBrackets !== undefined) return isIP(inBrackets) === 6;
  return plain === 'localhost' || isIP(plain ?? '') === 4;
}
