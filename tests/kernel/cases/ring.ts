// SPDX-License-Identifier: Apache-2.0
// Requests to io_uring: the same work without the system calls. The kernel's own functions do it
// either way, in the task itself or in a worker thread of its process.

import { constants } from 'node:fs';
import { directory, file, type KernelCase, symlink } from '../kernel-case.ts';
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
  RENAME_EXCHANGE,
  ring,
} from '../steps.ts';

const { O_CREAT, O_RDONLY, O_RDWR, O_WRONLY } = constants;
const EACCES = 13;

const everywhere = ['ext4', 'tmpfs', 'overlay'] as const;
const needs = ['io_uring'] as const;

export const ringCases: readonly KernelCase[] = [
  {
    name: 'opens by io_uring',
    needs,
    filesystems: everywhere,
    files: { a: file(0o640), dir: directory(), 'dir/b': file(), link: symlink('dir') },
    steps: [
      expectRecord(ring(call('openat', AT_FDCWD, 'a', O_RDONLY)), { file: { path: 'a' } }),
      expectRecord(ring(call('openat', AT_FDCWD, 'link/new', O_CREAT | O_WRONLY, 0o600)), {
        file: { path: 'dir/new' },
        created: true,
      }),
      expectRecord(ring(call('openat2', AT_FDCWD, absolute('a'), { words: [O_RDWR, 0, 0] }, 24)), {
        file: { path: 'a' },
      }),
    ],
  },
  {
    name: 'unlinks by io_uring',
    needs,
    filesystems: everywhere,
    files: { dir: directory(), 'dir/a': file(), b: file(0o600), link: symlink('dir') },
    steps: [
      expectRecord(ring(call('unlinkat', AT_FDCWD, 'link/a', 0)), {
        file: { path: 'dir/a', callerPath: 'link/a' },
      }),
      expectRecord(ring(call('unlinkat', AT_FDCWD, absolute('b'), 0)), { file: { path: 'b' } }),
    ],
  },
  {
    name: 'renames by io_uring',
    needs,
    filesystems: ['ext4', 'tmpfs'],
    files: { a: file(), dir: directory(), 'dir/c': file() },
    steps: [
      expectRecord(ring(call('renameat2', AT_FDCWD, 'a', AT_FDCWD, 'dir/b', 0)), {
        file: { path: 'a' },
        destination: { path: 'dir/b' },
      }),
      keep(1, expectRecord(call('open', 'dir', O_RDONLY), { file: { path: 'dir' } })),
      expectRecord(ring(call('renameat2', kept(1), 'b', kept(1), 'c', RENAME_EXCHANGE)), {
        file: { path: 'dir/b' },
        destination: { path: 'dir/c' },
      }),
    ],
  },
  {
    name: 'requests to io_uring refused to another user',
    needs,
    filesystems: everywhere,
    files: { dir: directory(), 'dir/a': file(0o600) },
    steps: [
      fork(
        call('setresgid', 1000, 1000, 1000),
        call('setresuid', 1000, 1000, 1000),
        identity,
        expectRecord(expectError(ring(call('openat', AT_FDCWD, 'dir/a', O_RDONLY)), EACCES), {
          file: { path: 'dir/a', source: 'caller' },
        }),
        expectRecord(expectError(ring(call('unlinkat', AT_FDCWD, 'dir/a', 0)), EACCES), {
          file: { path: 'dir/a', source: 'checked' },
        }),
      ),
    ],
  },
];
