// SPDX-License-Identifier: Apache-2.0
// Relations of networks.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { IpNet } from '@fimbul/schema';
import { noIpNet, relatesIpNets } from './ip-nets.ts';

const net4 = (address: bigint, prefix: number): IpNet => ({ family: 4, address, prefix });
const net6 = (address: bigint, prefix: number): IpNet => ({ family: 6, address, prefix });

const private8 = net4(0x0a000000n, 8);
const private16 = net4(0x0a010000n, 16);
const host = net4(0x0a010203n, 32);
const loopback6 = net6(1n, 128);
const all6 = net6(0n, 0);

describe('relatesIpNets', () => {
  it('asks for the same address and prefix', () => {
    assert.equal(relatesIpNets('same', host, net4(0x0a010203n, 32)), true);
    assert.equal(relatesIpNets('same', host, net4(0x0a010204n, 32)), false);
    assert.equal(relatesIpNets('same', private8, net4(0x0a000000n, 9)), false);
  });
  it('finds common addresses from both sides', () => {
    assert.equal(relatesIpNets('overlap', private8, private16), true);
    assert.equal(relatesIpNets('overlap', private16, private8), true);
    assert.equal(relatesIpNets('overlap', private16, net4(0x0a020000n, 16)), false);
  });
  it('wants the left inside of the right', () => {
    assert.equal(relatesIpNets('within', private16, private8), true);
    assert.equal(relatesIpNets('within', private8, private16), false);
    assert.equal(relatesIpNets('within', host, host), true);
    assert.equal(relatesIpNets('within', loopback6, all6), true);
  });
  it('never compares families, nor with no address', () => {
    for (const relation of ['same', 'overlap', 'within'] as const) {
      assert.equal(relatesIpNets(relation, net4(0n, 32), all6), false);
      assert.equal(relatesIpNets(relation, loopback6, net4(0n, 0)), false);
      assert.equal(relatesIpNets(relation, noIpNet, net4(0n, 0)), false);
      assert.equal(relatesIpNets(relation, net4(0n, 0), noIpNet), false);
      assert.equal(relatesIpNets(relation, noIpNet, noIpNet), false);
    }
  });
});
