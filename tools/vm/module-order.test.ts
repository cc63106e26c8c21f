// SPDX-License-Identifier: Apache-2.0
// Closure and order of module dependencies.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasModule, orderModules, parseModuleIndex } from './module-order.ts';

const index = parseModuleIndex(
  [
    'kernel/net/9p/9pnet_virtio.ko.xz: kernel/net/9p/9pnet.ko.xz',
    'kernel/net/9p/9pnet.ko.xz:',
    'kernel/fs/9p/9p.ko.xz: kernel/fs/fscache/fscache.ko.xz kernel/fs/netfs/netfs.ko.xz ' +
      'kernel/net/9p/9pnet.ko.xz',
    'kernel/fs/fscache/fscache.ko.xz: kernel/fs/netfs/netfs.ko.xz',
    'kernel/fs/netfs/netfs.ko.xz:',
    'kernel/arch/x86/crypto/crc32c-intel.ko:',
    'kernel/x/broken.ko: kernel/x/gone.ko',
    '',
  ].join('\n'),
  'kernel/drivers/virtio/virtio_pci.ko\nkernel/drivers/char/virtio_console.ko\n',
);

test('orderModules puts what a module needs before it, once', () => {
  assert.deepEqual(orderModules(index, ['9pnet_virtio', '9p']), {
    kind: 'order',
    paths: [
      'kernel/net/9p/9pnet.ko.xz',
      'kernel/net/9p/9pnet_virtio.ko.xz',
      'kernel/fs/netfs/netfs.ko.xz',
      'kernel/fs/fscache/fscache.ko.xz',
      'kernel/fs/9p/9p.ko.xz',
    ],
  });
});

test('orderModules leaves built-in modules out and takes - for _', () => {
  assert.deepEqual(orderModules(index, ['virtio_pci', 'crc32c_intel', 'virtio-console']), {
    kind: 'order',
    paths: ['kernel/arch/x86/crypto/crc32c-intel.ko'],
  });
});

test('orderModules names what is nowhere', () => {
  assert.deepEqual(orderModules(index, ['9p', 'xfs']), { kind: 'missing', name: 'xfs' });
  assert.deepEqual(orderModules(index, ['broken']), { kind: 'missing', name: 'gone' });
});

test('hasModule knows loadable and built-in modules', () => {
  assert.ok(hasModule(index, 'netfs'));
  assert.ok(hasModule(index, 'virtio_pci'));
  assert.ok(!hasModule(index, 'crc32c_generic'));
});
