// SPDX-License-Identifier: Apache-2.0
// Addresses as people and other programs write them.

import assert from 'node:assert/strict';
import { isIPv6 } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { noIpNet } from '../4-emit/ip-nets.ts';
import { formatIpNet } from './network.ts';

test('IPv4 has dots', () => {
  assert.equal(formatIpNet({ family: 4, address: 0x0a010203n, prefix: 32 }), '10.1.2.3');
  assert.equal(formatIpNet({ family: 4, address: 0xc0a80001n, prefix: 32 }), '192.168.0.1');
  assert.equal(formatIpNet({ family: 4, address: 0x0a000000n, prefix: 8 }), '10.0.0.0/8');
});

test('nothing is written of what has no address', () => {
  assert.equal(formatIpNet(noIpNet), '');
});

test('IPv6 leaves out the longest run of zeros, the first of several', () => {
  for (const [address, text] of [
    [0n, '::'],
    [1n, '::1'],
    [0x2001_0db8n << 96n, '2001:db8::'],
    [(0x2001_0db8n << 96n) | (1n << 64n) | 1n, '2001:db8:0:1::1'],
    [(1n << 112n) | (1n << 64n) | 1n, '1:0:0:1::1'],
    [(1n << 112n) | (1n << 48n) | 1n, '1::1:0:0:1'],
    [0x0001_0002_0003_0000_0005_0006_0007_0008n, '1:2:3:0:5:6:7:8'],
  ] as const) {
    assert.equal(formatIpNet({ family: 6, address, prefix: 128 }), text);
  }
  assert.equal(formatIpNet({ family: 6, address: 0n, prefix: 0 }), '::/0');
  const documentation = { family: 6, address: 0x20010db8n << 96n, prefix: 32 } as const;
  assert.equal(formatIpNet(documentation), '2001:db8::/32');
});

test('IPv6 is what the platform takes for the same address', () => {
  const group = fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 0xffffn }));
  fc.assert(
    fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
      const address = groups.reduce((sum, next) => (sum << 16n) | next, 0n);
      const text = formatIpNet({ family: 6, address, prefix: 128 });
      assert.ok(isIPv6(text), text);
      const [head = '', tail] = text.split('::');
      const parse = (part: string): bigint[] =>
        part === '' ? [] : part.split(':').map((digits) => BigInt(`0x${digits}`));
      const after = tail === undefined ? [] : parse(tail);
      const before = parse(head);
      const zeros = Array<bigint>(8 - before.length - after.length).fill(0n);
      assert.deepEqual([...before, ...zeros, ...after], groups);
    }),
  );
});
