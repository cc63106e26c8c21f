// SPDX-License-Identifier: Apache-2.0
// Names of users by namespace, over files that change and processes that end.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contextLimits } from './limits.ts';
import type { NameFile, NameFileState, NameFiles } from './name-files.ts';
import { parseNames } from './name-table.ts';
import type { ProcessCache } from './process-cache.ts';
import { hostNamespaces, makeCache, makeExec, makeFacts, makeFork } from './record-samples.ts';
import { UserNames } from './user-names.ts';

const noProcesses: Pick<ProcessCache, 'find'> = { find: () => null };

class FakeNameFiles implements NameFiles {
  /** Text by `kind@namespace`. */
  readonly texts = new Map<string, string>();
  /** Mount namespace by pid. */
  readonly namespaces = new Map<number, number>();
  looks = 0;
  reads = 0;

  findState(file: NameFile): NameFileState | null {
    this.looks += 1;
    const text = this.texts.get(this.#keyOf(file));
    if (text === undefined) return null;
    // As if the inode followed from the content.
    const inode = [...text].reduce((sum, c) => sum * 31n + BigInt(c.charCodeAt(0)), 7n);
    return { inode, device: 1n, size: 0n, modificationTimeNs: 0n, changeTimeNs: 0n };
  }

  read(file: NameFile): string | null {
    this.reads += 1;
    return this.texts.get(this.#keyOf(file)) ?? null;
  }

  readMountNamespace(pid: number): number {
    return this.namespaces.get(pid) ?? 0;
  }

  readOwnMountNamespace(): number {
    return hostNamespaces.mount;
  }

  #keyOf({ kind, pid }: NameFile): string {
    return `${kind}@${pid === null ? hostNamespaces.mount : this.namespaces.get(pid)}`;
  }
}

function makeNames(processes = noProcesses): {
  files: FakeNameFiles;
  names: UserNames;
  clock: { ms: number };
} {
  const clock = { ms: 0, nowMs: (): number => clock.ms };
  const files = new FakeNameFiles();
  files.texts.set(`passwd@${hostNamespaces.mount}`, 'root:x:0:0::/root:/bin/sh\nann:x:1000:1000\n');
  files.texts.set(`group@${hostNamespaces.mount}`, 'root:x:0:\nstaff:x:50:ann\n');
  return { files, names: new UserNames({ files, clock, processes }), clock };
}

const host = makeFacts();

test('users and groups of the host have the names of its files', () => {
  const { names } = makeNames();
  assert.equal(names.findUser(1000, host), 'ann');
  assert.equal(names.findGroup(50, host), 'staff');
  assert.equal(names.findUser(50, host), '');
  assert.equal(names.findUser(0xffffffff, host), '');
});

test('a file is read once until it changes, and looked at once a second', () => {
  const { files, names, clock } = makeNames();
  for (let count = 0; count < 100; count++) names.findUser(0, host);
  assert.deepEqual([files.looks, files.reads], [1, 1]);
  files.texts.set(`passwd@${hostNamespaces.mount}`, 'toor:x:0:0::/root:/bin/sh\n');
  clock.ms = contextLimits.nameFileCheckIntervalMs - 1;
  assert.equal(names.findUser(0, host), 'root');
  clock.ms = contextLimits.nameFileCheckIntervalMs;
  assert.equal(names.findUser(0, host), 'toor');
  clock.ms *= 2;
  names.findUser(0, host);
  assert.deepEqual([files.looks, files.reads], [3, 2]);
});

test('a file that is gone has no names', () => {
  const { files, names, clock } = makeNames();
  names.findUser(0, host);
  files.texts.clear();
  clock.ms = contextLimits.nameFileCheckIntervalMs;
  assert.equal(names.findUser(0, host), '');
});

test('a number means what the files of the mount namespace say', () => {
  const { files, names } = makeNames();
  files.namespaces.set(70, 5);
  files.texts.set('passwd@5', 'web:x:1000:1000\n');
  assert.equal(names.findUser(1000, makeFacts({ pid: 70, mountNamespace: 5 })), 'web');
  assert.equal(names.findUser(1000, host), 'ann');
});

test('a process that left the namespace, or a pid used again, is not looked through', () => {
  const { files, names } = makeNames();
  files.namespaces.set(70, 6);
  files.texts.set('passwd@6', 'other:x:1000:1000\n');
  assert.equal(names.findUser(1000, makeFacts({ pid: 70, mountNamespace: 5 })), '');
});

test('after the process ended, names are found through an ancestor in the namespace', () => {
  const { cache } = makeCache();
  const inside = { mountNamespace: 5 };
  cache.applyExec(makeExec({ pid: 69, ppid: 0, ...inside }, '/sbin/init'));
  cache.applyFork(makeFork(makeFacts({ pid: 69 }), { pid: 70, ...inside }));
  const { files, names } = makeNames(cache);
  files.namespaces.set(69, 5);
  files.texts.set('passwd@5', 'web:x:1000:1000\n');
  assert.equal(names.findUser(1000, makeFacts({ pid: 70, ...inside })), 'web');
});

test('names stay known when nobody is left in the namespace', () => {
  const { files, names, clock } = makeNames();
  const inside = makeFacts({ pid: 70, mountNamespace: 5 });
  files.namespaces.set(70, 5);
  files.texts.set('passwd@5', 'web:x:1000:1000\n');
  names.findUser(1000, inside);
  files.namespaces.delete(70);
  clock.ms = 10 * contextLimits.nameFileCheckIntervalMs;
  assert.equal(names.findUser(1000, inside), 'web');
});

test('namespaces are kept by use, up to a limit', () => {
  const { files, names } = makeNames();
  files.namespaces.set(70, 5);
  files.texts.set('passwd@5', 'web:x:1000:1000\n');
  const inside = makeFacts({ pid: 70, mountNamespace: 5 });
  names.findUser(1000, inside);
  files.namespaces.delete(70);
  for (let count = 1; count < contextLimits.nameNamespacesMax; count++) {
    names.findUser(1, makeFacts({ mountNamespace: 10_000 + count }));
  }
  assert.equal(names.findUser(1000, inside), 'web');
  for (let count = 0; count < contextLimits.nameNamespacesMax; count++) {
    names.findUser(1, makeFacts({ mountNamespace: 20_000 + count }));
  }
  assert.equal(names.findUser(1000, inside), '');
});

test('passwd and group are parsed as everybody does', () => {
  const text = [
    'root:x:0:0:root:/root:/bin/bash',
    'toor:x:0:0::/root:/bin/sh',
    '# comment:x:5:5',
    '+nis:x:6:6',
    'bad:x:7z:7',
    'none:x',
    ':x:8:8',
    'big:x:4294967294:1',
    'unset:x:4294967295:1',
    'b\xff:x:9:9',
    'last:x:10:',
  ].join('\n');
  assert.deepEqual(
    [...parseNames(text)],
    [
      [0, 'root'],
      [4294967294, 'big'],
      [9, 'b\xff'],
      [10, 'last'],
    ],
  );
});

test('a container that still shows the host’s files gets its own names once it has them', () => {
  const { files, names } = makeNames();
  const inside = makeFacts({ pid: 70, mountNamespace: 4_026_532_999 });
  files.namespaces.set(70, inside.mountNamespace);
  const hostText = files.texts.get(`passwd@${hostNamespaces.mount}`) ?? '';
  files.texts.set(`passwd@${inside.mountNamespace}`, hostText);
  assert.equal(names.findUser(1000, inside), 'ann');
  files.texts.set(`passwd@${inside.mountNamespace}`, 'captain:x:1000:1000\n');
  assert.equal(names.findUser(1000, inside), 'captain');
});
