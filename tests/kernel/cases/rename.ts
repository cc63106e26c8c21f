// SPDX-License-Identifier: Apache-2.0
// Renames: both places of what was moved, by the kernel's own object where it shows.

import { directory, file, hardlink, type KernelCase, symlink } from '../kernel-case.ts';
import {
  AT_FDCWD,
  absolute,
  type CallExpectation,
  type CallStep,
  call,
  expectError,
  expectRecord,
  fork,
  identity,
  keep,
  kept,
  RENAME_EXCHANGE,
  RENAME_NOREPLACE,
} from '../steps.ts';

const O_PATH = 0o10000000;
const EACCES = 13;
const EEXIST = 17;

const everywhere = ['ext4', 'tmpfs', 'overlay'] as const;

function moved(step: CallStep, from: string, to: string): CallStep {
  return expectRecord(step, { file: { path: from }, destination: { path: to } });
}

/** A rename of which tracepoints do not tell the names. */
function checked(from: string, to: string): CallExpectation {
  return {
    file: { path: from, source: 'checked' },
    destination: { path: to, source: 'checked' },
  };
}

/** A rename that the kernel refused before it asked whether it may. */
function byCaller(from: string, to: string): CallExpectation {
  return {
    file: { path: from, source: 'caller' },
    destination: { path: to, source: 'caller' },
  };
}

export const renameCases: readonly KernelCase[] = [
  {
    name: 'rename within a directory, by each call',
    filesystems: everywhere,
    files: { a: file(0o640, 1000) },
    steps: [
      moved(call('rename', 'a', 'b'), 'a', 'b'),
      moved(call('renameat', AT_FDCWD, './b', AT_FDCWD, absolute('c')), 'b', 'c'),
      moved(call('renameat2', AT_FDCWD, 'c', AT_FDCWD, 'd', 0), 'c', 'd'),
    ],
  },
  {
    name: 'rename across directories, and below descriptors',
    filesystems: everywhere,
    files: { from: directory(), to: directory(), 'from/a': file(), 'from/b': file() },
    steps: [
      moved(call('rename', 'from/a', 'to/a'), 'from/a', 'to/a'),
      keep(1, expectRecord(call('open', 'from', O_PATH), { file: { path: 'from' } })),
      keep(2, expectRecord(call('open', 'to', O_PATH), { file: { path: 'to' } })),
      moved(call('renameat', kept(1), 'b', kept(2), 'c'), 'from/b', 'to/c'),
    ],
  },
  {
    name: 'rename over a file that exists',
    filesystems: everywhere,
    files: { a: file(0o600), b: file(0o644) },
    steps: [moved(call('rename', 'a', 'b'), 'a', 'b')],
  },
  {
    name: 'rename of a directory, and what is in it has another path',
    filesystems: everywhere,
    files: { dir: directory(), 'dir/a': file(), other: directory() },
    steps: [
      moved(call('rename', 'dir', 'other/dir'), 'dir', 'other/dir'),
      expectRecord(call('open', 'other/dir/a', 0), { file: { path: 'other/dir/a' } }),
      expectRecord(call('unlink', 'other/dir/a'), {
        file: { path: 'other/dir/a', inodeOf: 'dir/a' },
      }),
    ],
  },
  {
    name: 'rename through a symbolic link to a directory',
    filesystems: everywhere,
    files: { dir: directory(), 'dir/a': file(), link: symlink('dir') },
    steps: [
      expectRecord(call('rename', 'link/a', 'link/b'), {
        file: { path: 'dir/a', callerPath: 'link/a' },
        destination: { path: 'dir/b', callerPath: 'link/b', inodeOf: 'dir/a' },
      }),
    ],
  },
  {
    name: 'rename that may not replace, and one that would',
    filesystems: ['ext4', 'tmpfs'],
    files: { a: file(), c: file() },
    steps: [
      moved(call('renameat2', AT_FDCWD, 'a', AT_FDCWD, 'b', RENAME_NOREPLACE), 'a', 'b'),
      expectError(call('renameat2', AT_FDCWD, 'b', AT_FDCWD, 'c', RENAME_NOREPLACE), EEXIST),
    ],
  },
  {
    name: 'exchange of two files',
    filesystems: ['ext4', 'tmpfs'],
    files: { a: file(), b: file() },
    steps: [
      expectRecord(
        call('renameat2', AT_FDCWD, 'a', AT_FDCWD, 'b', RENAME_EXCHANGE),
        checked('a', 'b'),
      ),
    ],
  },
  {
    name: 'rename of a file with two names',
    filesystems: ['ext4', 'tmpfs'],
    files: { a: file(), b: hardlink('a') },
    steps: [
      // The inode has two names, and tracepoints do not tell which was moved.
      expectRecord(call('rename', 'b', 'c'), checked('b', 'c')),
      // Both are the same file: the call succeeds and does nothing.
      expectRecord(call('rename', 'a', 'c'), checked('a', 'c')),
    ],
  },
  {
    name: 'rename refused to another user',
    filesystems: everywhere,
    files: { dir: directory(), 'dir/a': file() },
    steps: [
      fork(
        call('setresuid', 1000, 1000, 1000),
        identity,
        expectRecord(
          expectError(call('rename', 'dir/a', 'dir/b'), EACCES),
          checked('dir/a', 'dir/b'),
        ),
      ),
    ],
  },
  {
    name: 'a rename that would replace is an event when all failures are wanted',
    failures: 'all',
    files: { a: file(), b: file() },
    steps: [
      expectRecord(
        expectError(call('renameat2', AT_FDCWD, 'a', AT_FDCWD, 'b', RENAME_NOREPLACE), EEXIST),
        byCaller('a', 'b'),
      ),
    ],
  },
];
