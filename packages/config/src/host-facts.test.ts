// SPDX-License-Identifier: Apache-2.0
// What is said of hosts by their os-release and kernel, and that all of it has a name in filters.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findHostField, hostFields } from '@fimbul/schema';
import { deriveHostFacts, type HostSources, parseOsRelease, readHostFacts } from './host-facts.ts';

const sources: HostSources = {
  osRelease: 'ID=debian\nVERSION_ID="12"\n',
  kernelRelease: '6.1.0-21-amd64',
  hasKernelTypes: true,
  hostname: 'web-1',
  environment: { HOME: '/root', EMPTY: '' },
};

function derive(changes: Partial<HostSources>) {
  return deriveHostFacts({ ...sources, ...changes });
}

describe('parseOsRelease', () => {
  it('reads plain and quoted values, and leaves comments out', () => {
    const text = [
      '# a comment: A=1',
      'A=plain',
      'B="two words \\"quoted\\" \\$HOME \\\\"',
      "C='as it \\$is'",
      'D=',
      'E="open',
      'nonsense',
    ].join('\n');
    assert.deepEqual(
      [...parseOsRelease(text)],
      [
        ['A', 'plain'],
        ['B', 'two words "quoted" $HOME \\'],
        ['C', 'as it \\$is'],
        ['D', ''],
        ['E', '"open'],
      ],
    );
  });
});

describe('the distribution', () => {
  const rows: readonly (readonly [osRelease: string, truths: readonly string[]])[] = [
    ['ID=debian', ['os.is_debian']],
    ['ID=ubuntu\nID_LIKE=debian', ['os.is_ubuntu']],
    ['ID="amzn"\nVERSION_ID="2"\nID_LIKE="centos rhel fedora"', ['os.is_amazon_linux']],
    ['ID=cos', ['os.is_cos']],
    ['ID="centos"\nVERSION_ID="7"', ['os.is_rhel', 'os.is_rhel7']],
    ['ID="rocky"\nVERSION_ID="8.9"\nPLATFORM_ID="platform:el8"', ['os.is_rhel', 'os.is_rhel8']],
    ['ID="rhel"\nVERSION_ID="9.4"\nPLATFORM_ID="platform:el9"', ['os.is_rhel']],
    [
      'ID="ol"\nVERSION_ID="8.9"\nPLATFORM_ID="platform:el8"',
      ['os.is_oracle', 'os.is_rhel', 'os.is_rhel8'],
    ],
    ['ID="sles"\nVERSION_ID="15.5"', ['os.is_sles', 'os.is_sles15']],
    ['ID="sles"\nVERSION_ID="12.5"', ['os.is_sles', 'os.is_sles12']],
    ['ID=fedora\nVERSION_ID=40\nPLATFORM_ID="platform:f40"', []],
    ['', []],
  ];
  for (const [osRelease, truths] of rows) {
    it(JSON.stringify(osRelease), () => {
      const facts = derive({ osRelease });
      const found = Object.keys(facts).filter((name) => /^os\.is_/.test(name) && facts[name]);
      assert.deepEqual(found, truths);
    });
  }
});

describe('the kernel', () => {
  const rows: readonly (readonly [string, string, readonly (bigint | string)[]])[] = [
    ['debian', '6.1.0-21-amd64', [6n, 1n, 0n, 0n, '']],
    ['ubuntu', '6.8.0-45-generic', [6n, 8n, 0n, 45n, 'generic']],
    ['ubuntu', '5.15.0-1051-aws-fips', [5n, 15n, 0n, 1051n, 'aws-fips']],
    ['ubuntu', '6.8.1', [6n, 8n, 1n, 0n, '']],
    ['amzn', '5.10.215-203.850.amzn2.x86_64', [5n, 10n, 215n, 0n, '']],
    ['debian', '7.0', [7n, 0n, 0n, 0n, '']],
    ['debian', 'strange', [0n, 0n, 0n, 0n, '']],
  ];
  for (const [id, kernelRelease, expected] of rows) {
    it(`${kernelRelease} of ${id}`, () => {
      const facts = derive({ osRelease: `ID=${id}`, kernelRelease });
      const names = ['major', 'minor', 'patch', 'abi', 'flavor'];
      assert.deepEqual(
        names.map((name) => facts[`kernel.version.${name}`]),
        expected,
      );
    });
  }
});

describe('readHostFacts', () => {
  it('knows every fact that a filter may name, in its type', () => {
    const facts = readHostFacts();
    for (const { name, type, list } of hostFields) {
      const value = facts[name];
      const kind = { string: 'string', int: 'bigint', bool: 'boolean', ip: 'string' }[type];
      if (list) assert.ok(Array.isArray(value), name);
      else assert.equal(typeof value, kind, name);
    }
    for (const name of Object.keys(facts)) assert.ok(findHostField(name), name);
  });

  it('says what this host is', () => {
    const { os, origin, envs } = derive({});
    assert.deepEqual([os, origin, envs], ['linux', 'ebpf', ['HOME=/root', 'EMPTY=']]);
  });
});
