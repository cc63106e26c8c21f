// SPDX-License-Identifier: Apache-2.0
// Choosing a kernel from indexes such as Debian's: several versions, flavours, pointers, splits.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseKernel, isKernelImage } from './kernel-packages.ts';

function stanza(name: string, version: string, depends = 'kmod, linux-base (>= 4.3~)'): string {
  return `Package: ${name}\nVersion: ${version}\nDepends: ${depends}\nSize: 100\n`;
}

test('isKernelImage leaves other flavours, templates and pointers out', () => {
  assert.ok(isKernelImage('linux-image-6.1.0-56-amd64'));
  assert.ok(isKernelImage('linux-image-6.12.117+deb13-amd64'));
  for (const name of [
    'linux-image-6.1.0-56-cloud-amd64',
    'linux-image-6.1.0-56-rt-amd64',
    'linux-image-6.1.0-56-amd64-unsigned',
    'linux-image-6.1.0-56-amd64-dbg',
    'linux-image-6.12-amd64',
    'linux-image-amd64',
  ]) {
    assert.ok(!isKernelImage(name), name);
  }
});

test('chooseKernel takes the newest of a series, by version and not by text', () => {
  const index = [
    stanza('linux-image-6.1.0-9-amd64', '6.1.99-1'),
    stanza('linux-image-6.1.0-56-amd64', '6.1.192-2'),
    stanza('linux-image-6.1.0-56-amd64', '6.1.192-1'),
    stanza('linux-image-6.1.0-57-cloud-amd64', '6.1.193-1'),
    stanza('linux-image-6.12.117+deb12-amd64', '6.12.117-1~deb12u1'),
    stanza('linux-image-6.1-amd64', '6.1.199-1'),
  ].join('\n');
  assert.deepEqual(chooseKernel(index, { version: /^6\.1\./ }), {
    release: '6.1.0-56-amd64',
    version: '6.1.192-2',
    packages: ['linux-image-6.1.0-56-amd64=6.1.192-2'],
    bytes: 100,
  });
});

test('chooseKernel adds the parts of a split image', () => {
  const release = '7.2.13+deb14-amd64';
  const depends =
    'dracut | initramfs-tools (>= 0.120) | linux-initramfs-tool, ' +
    `linux-base-${release} (= 7.2.13-1), linux-binary-${release} (= 7.2.13-1), ` +
    `linux-modules-${release} (= 7.2.13-1)`;
  const index = stanza(`linux-image-${release}`, '7.2.13-1', depends);
  assert.deepEqual(chooseKernel(index, { version: /^7\./ })?.packages, [
    `linux-image-${release}=7.2.13-1`,
    `linux-base-${release}=7.2.13-1`,
    `linux-binary-${release}=7.2.13-1`,
    `linux-modules-${release}=7.2.13-1`,
  ]);
});

test('chooseKernel finds nothing in an index without the series', () => {
  const index = stanza('linux-image-6.1.0-56-amd64', '6.1.192-2');
  assert.equal(chooseKernel(index, { version: /^6\.12\./ }), undefined);
  assert.equal(chooseKernel('N: No packages found\n', { version: /^6\.12\./ }), undefined);
});
