// SPDX-License-Identifier: Apache-2.0
// Unlinks by every call and every way of naming the file. The path is that of the directory entry
// that went away, whatever the caller called it.

import { constants } from 'node:fs';
import { directory, file, hardlink, type KernelCase, symlink } from '../kernel-case.ts';
import {
  AT_FDCWD,
  AT_REMOVEDIR,
  absolute,
  type CallStep,
  call,
  expectError,
  expectRecord,
  fork,
  identity,
  keep,
  kept,
} from '../steps.ts';
import { clearFlags, immutable } from './inode-flags.ts';

const { O_RDONLY, O_DIRECTORY } = constants;
const O_PATH = 0o10000000;
const EPERM = 1;
const ENOENT = 2;
const EACCES = 13;
const EISDIR = 21;

const everywhere = ['ext4', 'tmpfs', 'overlay'] as const;

function removed(step: CallStep, path: string): CallStep {
  return expectRecord(step, { file: { path } });
}

/** The kernel came to the file and asked whether it may. */
function refused(step: CallStep, path: string, error: number): CallStep {
  return expectRecord(expectError(step, error), { file: { path, source: 'checked' } });
}

/** The kernel did not come to a file. */
function failed(step: CallStep, path: string, error: number): CallStep {
  return expectRecord(expectError(step, error), { file: { path, source: 'caller' } });
}

export const unlinkCases: readonly KernelCase[] = [
  {
    name: 'unlink by a relative, an absolute and a winding path',
    filesystems: everywhere,
    files: { dir: directory(), 'dir/a': file(0o640, 1000), b: file(0o600), 'dir/c': file() },
    steps: [
      removed(call('unlink', 'dir/a'), 'dir/a'),
      removed(call('unlink', absolute('b')), 'b'),
      removed(call('unlink', './/dir/../dir/./c'), 'dir/c'),
    ],
  },
  {
    name: 'unlinkat below a descriptor, the working directory and with an absolute path',
    filesystems: everywhere,
    files: { dir: directory(), 'dir/a': file(), b: file(), 'dir/c': file() },
    steps: [
      keep(1, expectRecord(call('open', 'dir', O_PATH | O_DIRECTORY), { file: { path: 'dir' } })),
      removed(call('unlinkat', kept(1), 'a', 0), 'dir/a'),
      removed(call('unlinkat', AT_FDCWD, 'b', 0), 'b'),
      removed(call('unlinkat', kept(1), absolute('dir/c'), 0), 'dir/c'),
    ],
  },
  {
    name: 'unlink through a symbolic link to the directory',
    filesystems: everywhere,
    files: { dir: directory(), 'dir/a': file(), link: symlink('dir') },
    steps: [
      expectRecord(call('unlink', 'link/a'), { file: { path: 'dir/a', callerPath: 'link/a' } }),
    ],
  },
  {
    name: 'unlink of a symbolic link itself',
    filesystems: everywhere,
    files: { a: file(), link: symlink('a') },
    steps: [removed(call('unlink', 'link'), 'link')],
  },
  {
    name: 'unlink of an open file',
    filesystems: everywhere,
    files: { a: file() },
    steps: [
      expectRecord(call('open', 'a', O_RDONLY), { file: { path: 'a' } }),
      removed(call('unlink', 'a'), 'a'),
    ],
  },
  {
    name: 'unlink of one of two names of a file',
    files: { a: file(), b: hardlink('a') },
    steps: [removed(call('unlink', 'b'), 'b'), removed(call('unlink', 'a'), 'a')],
  },
  {
    name: 'unlink of one of two names of a file, where only inodes show',
    filesystems: ['tmpfs'],
    files: { a: file(), b: hardlink('a') },
    steps: [
      // The inode has two names, and tracepoints do not tell which is the one.
      expectRecord(call('unlink', 'b'), { file: { path: 'b', source: 'checked' } }),
      removed(call('unlink', 'a'), 'a'),
    ],
  },
  {
    name: 'unlink refused: not the owner of the directory, a sticky directory',
    filesystems: everywhere,
    files: { dir: directory(), 'dir/a': file(), sticky: directory(0o1777), 'sticky/a': file() },
    steps: [
      fork(
        call('setresuid', 1000, 1000, 1000),
        identity,
        refused(call('unlink', 'dir/a'), 'dir/a', EACCES),
        refused(call('unlinkat', AT_FDCWD, 'sticky/a', 0), 'sticky/a', EPERM),
      ),
    ],
  },
  {
    name: 'unlink of an immutable file refused to root',
    files: { a: file() },
    setUp: immutable('a'),
    steps: [refused(call('unlink', 'a'), 'a', EPERM)],
    tearDown: clearFlags('a'),
  },
  {
    name: 'removing a directory is not an unlink, nor is finding nothing',
    files: { dir: directory(), other: directory() },
    steps: [
      call('unlinkat', AT_FDCWD, 'dir', AT_REMOVEDIR),
      expectError(call('unlink', 'other'), EISDIR),
      call('rmdir', 'other'),
      expectError(call('unlink', 'missing'), ENOENT),
    ],
  },
  {
    name: 'an unlink that finds nothing is an event when all failures are wanted',
    failures: 'all',
    files: { dir: directory() },
    steps: [
      failed(call('unlink', 'missing'), 'missing', ENOENT),
      refused(call('unlink', 'dir'), 'dir', EISDIR),
      expectError(call('unlinkat', AT_FDCWD, 'gone', AT_REMOVEDIR), ENOENT),
    ],
  },
];
