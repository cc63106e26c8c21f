// SPDX-License-Identifier: Apache-2.0
// Paths across mounts: the path is the one from the root of the mount namespace of the process,
// through the mounts that it went through.

import { directory, file, type KernelCase } from '../kernel-case.ts';
import {
  AT_FDCWD,
  absolute,
  call,
  expectError,
  expectRecord,
  fork,
  identity,
  keep,
  kept,
  type Step,
} from '../steps.ts';

const O_RDONLY = 0;
const O_CREAT_WRONLY = 0o101;
const O_PATH = 0o10000000;
const MS_BIND = 4096;
const MNT_DETACH = 2;
const CLONE_NEWNS = 0x20000;
const EACCES = 13;

const bind = (from: string, to: string): Step => call('mount', from, to, null, MS_BIND, null);
const mountTmpfs = (at: string): Step => call('mount', 'tmpfs', at, 'tmpfs', 0, null);
const unmount = (at: string): Step => call('umount2', at, MNT_DETACH);

function created(name: string, path = name, filesystem = 'tmpfs'): Step {
  return expectRecord(call('open', name, O_CREAT_WRONLY, 0o644), {
    file: { path, filesystem },
    created: true,
  });
}

function opened(name: string, path = name): Step {
  return expectRecord(call('open', name, O_RDONLY), { file: { path } });
}

export const mountCases: readonly KernelCase[] = [
  {
    name: 'a filesystem mounted below, and one mounted over it',
    filesystems: ['ext4', 'overlay'],
    files: { dir: directory(), 'dir/mnt': directory() },
    setUp: [mountTmpfs('dir/mnt'), call('mkdir', 'dir/mnt/sub', 0o755)],
    steps: [
      created('dir/mnt/a'),
      created('dir/mnt/sub/b'),
      mountTmpfs('dir/mnt'),
      created('dir/mnt/c'),
    ],
    tearDown: [unmount('dir/mnt'), unmount('dir/mnt')],
  },
  {
    name: 'a directory bound elsewhere',
    filesystems: ['ext4', 'tmpfs', 'overlay'],
    files: { from: directory(), 'from/a': file(), to: directory() },
    setUp: [bind('from', 'to')],
    steps: [opened('to/a'), opened('from/a'), opened('to/../to/./a', 'to/a')],
    tearDown: [unmount('to')],
  },
  {
    name: 'unlink on a filesystem mounted twice: certain only below a descriptor',
    files: { from: directory(), 'from/a': file(), 'from/b': file(), to: directory() },
    setUp: [bind('from', 'to')],
    steps: [
      // Which of the two mounts the string led through, the kernel's object does not say.
      expectRecord(call('unlink', 'to/a'), {
        file: { path: 'to/a', source: 'object_without_name', inodeOf: 'from/a' },
      }),
      keep(1, expectRecord(call('open', 'to', O_PATH), { file: { path: 'to' } })),
      expectRecord(call('unlinkat', kept(1), 'b', 0), {
        file: { path: 'to/b', inodeOf: 'from/b' },
      }),
    ],
    tearDown: [unmount('to')],
  },
  {
    name: 'a single file bound over another is called as the other is',
    filesystems: ['ext4', 'tmpfs', 'overlay'],
    files: { source: file(0o600), target: file(), other: file() },
    setUp: [bind('source', 'target')],
    steps: [
      opened('target'),
      opened('source'),
      bind('other', 'target'),
      opened('target'),
      unmount('target'),
      keep(1, expectRecord(call('open', 'target', O_RDONLY), { file: { path: 'target' } })),
      expectRecord(call('fchmod', kept(1), 0o640), {
        file: { path: 'target', source: 'descriptor', inodeOf: 'target' },
      }),
    ],
    tearDown: [unmount('target')],
  },
  {
    name: 'below a mount that was taken away while in use',
    files: { mnt: directory() },
    setUp: [],
    steps: [
      mountTmpfs('mnt'),
      call('mkdir', 'mnt/sub', 0o755),
      keep(
        1,
        expectRecord(call('open', 'mnt/sub', O_PATH), {
          file: { path: 'mnt/sub', filesystem: 'tmpfs' },
        }),
      ),
      unmount('mnt'),
      expectRecord(call('openat', kept(1), 'a', O_CREAT_WRONLY, 0o600), {
        file: { path: '/sub/a', filesystem: 'tmpfs', flags: ['DISCONNECTED'] },
        created: true,
      }),
    ],
  },
  {
    name: 'inside a chroot',
    filesystems: ['ext4', 'tmpfs', 'overlay'],
    files: {
      jail: directory(),
      'jail/a': file(),
      'jail/dir': directory(),
      'jail/dir/b': file(0o600),
    },
    steps: [
      fork(
        call('chroot', 'jail'),
        call('chdir', '/dir'),
        opened('/a', 'jail/a'),
        opened('/../../a', 'jail/a'),
        opened('b', 'jail/dir/b'),
        expectRecord(call('chmod', '/dir/../a', 0o600), { file: { path: 'jail/a' } }),
        expectRecord(call('rename', '/a', 'c'), {
          file: { path: 'jail/a' },
          destination: { path: 'jail/dir/c' },
        }),
        expectRecord(call('unlink', '/dir/c'), {
          file: { path: 'jail/dir/c' },
        }),
        call('setresuid', 1000, 1000, 1000),
        identity,
        expectRecord(expectError(call('open', '/../dir/b', O_RDONLY), EACCES), {
          file: { path: 'jail/dir/b', source: 'caller' },
        }),
      ),
    ],
  },
  {
    name: 'inside a mount namespace of its own',
    filesystems: ['ext4', 'tmpfs', 'overlay'],
    files: { a: file(), b: file(), mnt: directory() },
    steps: [
      fork(
        call('unshare', CLONE_NEWNS),
        identity,
        opened('a'),
        expectRecord(call('unlink', 'b'), { file: { path: 'b' } }),
        mountTmpfs('mnt'),
        created('mnt/c'),
        expectRecord(call('unlink', absolute('a')), { file: { path: 'a' } }),
      ),
    ],
  },
  {
    name: 'inside a namespace with another root, as containers have',
    filesystems: ['ext4', 'tmpfs', 'overlay'],
    files: { root: directory(), 'root/old': directory(), 'root/a': file(), 'root/b': file() },
    steps: [
      fork(
        call('unshare', CLONE_NEWNS),
        identity,
        bind('root', 'root'),
        call('chdir', 'root'),
        call('pivot_root', '.', 'old'),
        unmount('old'),
        call('chdir', '/'),
        expectRecord(call('open', 'a', O_RDONLY), { file: { path: '/a' } }),
        expectRecord(call('unlink', '/b'), { file: { path: '/b', inodeOf: 'root/b' } }),
        expectRecord(call('openat', AT_FDCWD, '/new', O_CREAT_WRONLY, 0o600), {
          file: { path: '/new' },
          created: true,
        }),
      ),
    ],
  },
];
