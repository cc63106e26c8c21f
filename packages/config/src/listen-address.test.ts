// SPDX-License-Identifier: Apache-2.0
// Which texts are addresses, and which of those only this host reaches.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLoopback, parseListenAddress } from './listen-address.ts';

const addresses: readonly (readonly [text: string, host: string, port: number])[] = [
  ['127.0.0.1:3461', '127.0.0.1', 3461],
  ['0.0.0.0:0', '0.0.0.0', 0],
  ['[::1]:65535', '::1', 65_535],
  ['[::ffff:127.0.0.1]:80', '::ffff:127.0.0.1', 80],
];

const others = [
  ...['', ':1', '127.0.0.1', '127.0.0.1:', '127.0.0.1:65536', '127.0.0.1:1x', '127.1:80'],
  ...['::1:80', '[127.0.0.1]:80', '[::1]', 'localhost:80', '127.0.0.1:80\n', '[::1]:99999'],
];

describe('an address to listen at', () => {
  for (const [text, host, port] of addresses) {
    it(`is ${text}`, () => assert.deepEqual(parseListenAddress(text), { host, port }));
  }

  for (const text of others) {
    it(`is not ${JSON.stringify(text)}`, () => assert.equal(parseListenAddress(text), null));
  }
});

describe('an address that only this host reaches', () => {
  const check = (host: string): boolean => isLoopback({ host, port: 1 });

  it('is one of the loopback device', () => {
    for (const host of ['127.0.0.1', '127.255.255.254', '::1']) assert.equal(check(host), true);
  });

  it('is no other', () => {
    for (const host of ['0.0.0.0', '::', '128.0.0.1', '10.0.0.1', '::2', 'fe80::1']) {
      assert.equal(check(host), false, host);
    }
  });
});
