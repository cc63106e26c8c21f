// SPDX-License-Identifier: Apache-2.0
// Fields of one file: what is known of it, and what is not.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FileFacts } from '@fimbul/probe';
import { pathFlags } from '@fimbul/schema';
import { makeFacts, makeFile } from '../context/record-samples.ts';
import { makeSurroundings } from './event-samples.ts';
import { fileReaders, getExtension } from './file-fields.ts';

function read(name: string, file: FileFacts): unknown {
  const reader = fileReaders[name];
  assert.ok(reader, name);
  return reader(file, makeSurroundings(), makeFacts());
}

const extensions: readonly (readonly [name: string, extension: string])[] = [
  ['a.txt', '.txt'],
  ['archive.tar.gz', '.gz'],
  ['none', ''],
  ['.bashrc', ''],
  ['.config.old', '.old'],
  ['ends.', '.'],
  ['', ''],
  ['.', ''],
  ['..', '.'],
];

describe('getExtension', () => {
  for (const [name, extension] of extensions) {
    it(`of "${name}" is "${extension}"`, () => assert.equal(getExtension(name), extension));
  }

  it('does not look into the folder', () => {
    assert.equal(read('extension', makeFile('/etc/conf.d/passwd')), '');
    assert.equal(read('extension', makeFile('/etc/conf.d/a.sh')), '.sh');
  });
});

const facts: Partial<FileFacts> = {
  inode: 2n,
  device: 3,
  mountId: 4,
  mode: 0o104755,
  uid: 5,
  gid: 6,
  changeTimeNs: 7n,
  modificationTimeNs: 8n,
  filesystem: 'xfs',
};

/** Read from the kernel's inode, so unknown without one. */
const ofInode: Readonly<Record<string, unknown>> = {
  inode: 2n,
  device: 3,
  mode: 0o104755,
  rights: 0o4755,
  uid: 5,
  user: 'user5',
  gid: 6,
  group: 'group6',
  change_time: 7n,
  modification_time: 8n,
  filesystem: 'xfs',
  in_upper_layer: false,
};

describe('facts of the inode', () => {
  for (const [name, value] of Object.entries(ofInode)) {
    it(`${name} is known with the inode and not without`, () => {
      const file = makeFile('/a', { ...facts, pathFlags: pathFlags.INODE_KNOWN });
      assert.equal(read(name, file), value);
      const others = 0xffff & ~pathFlags.INODE_KNOWN;
      assert.equal(read(name, makeFile('/a', { ...facts, pathFlags: others })), null);
    });
  }

  it('are all fields that are not about the path', () => {
    const ofPath = Object.keys(fileReaders).filter((name) => !(name in ofInode));
    assert.deepEqual(ofPath, [
      ...['path', 'name', 'extension', 'path_source', 'path_raw', 'path_truncated'],
      ...['path_detached', 'mount_id', 'mount_visible', 'mount_detached'],
    ]);
  });

  it('say of the layer of an overlay what was found out', () => {
    const readLayer = (flags: number): unknown =>
      read('in_upper_layer', makeFile('/a', { pathFlags: pathFlags.INODE_KNOWN | flags }));
    assert.equal(readLayer(pathFlags.UPPER_LAYER), true);
    assert.equal(readLayer(0), false);
    assert.equal(readLayer(pathFlags.LAYER_UNKNOWN), null);
  });
});

describe('the path', () => {
  it('has its mount only when the kernel told it', () => {
    assert.equal(read('mount_id', makeFile('/a', { mountId: 4 })), 4);
    assert.equal(read('mount_id', makeFile('/a', { mountId: 4, pathSource: 'caller' })), null);
  });

  it('has its bytes beside it only when it is not UTF-8', () => {
    assert.equal(read('path_raw', makeFile('/caf\xc3\xa9')), null);
    const raw = read('path_raw', makeFile('/\xff\n'));
    assert.deepEqual([...Buffer.from(String(raw), 'base64')], [0x2f, 0xff, 0x0a]);
  });

  it('says when it was cut', () => {
    assert.equal(read('path_truncated', makeFile('/a')), false);
    const cut = makeFile('/a', { pathFlags: pathFlags.TRUNCATED });
    assert.equal(read('path_truncated', cut), true);
  });

  it('says when its mount is nowhere', () => {
    assert.equal(read('path_detached', makeFile('/a')), false);
    const detached = makeFile('/a', { pathFlags: pathFlags.DISCONNECTED });
    assert.equal(read('path_detached', detached), true);
  });

  const mounts: readonly (readonly [string, Partial<FileFacts>, boolean | null])[] = [
    ['is attached', {}, false],
    ['is nowhere', { pathFlags: pathFlags.DISCONNECTED }, true],
    ['may be anything when the walk ended early', { pathFlags: pathFlags.TRUNCATED }, null],
    [
      'is nowhere, however early the walk ended',
      { pathFlags: pathFlags.TRUNCATED | pathFlags.DISCONNECTED },
      true,
    ],
    ['may be anything when the caller told the path', { pathSource: 'caller' }, null],
  ];
  for (const [what, partial, isDetached] of mounts) {
    it(`tells whether its mount ${what}`, () => {
      const file = makeFile('/a', { pathFlags: 0, ...partial });
      assert.equal(read('mount_detached', file), isDetached);
      assert.equal(read('mount_visible', file), isDetached === null ? null : !isDetached);
    });
  }

  it('may be empty, and then so is the name', () => {
    assert.equal(read('name', makeFile('')), '');
    assert.equal(read('name', makeFile('/a/b')), 'b');
  });
});
