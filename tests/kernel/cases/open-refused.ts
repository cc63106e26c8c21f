// SPDX-License-Identifier: Apache-2.0
// Opens that fail: a refusal is an event, and what only says that nothing was there is one when a
// rule asks for all failures. Without a file there is only the caller's string.

import { constants } from 'node:fs';
import { directory, file, type KernelCase, symlink } from '../kernel-case.ts';
import {
  AT_FDCWD,
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

const { O_RDONLY, O_WRONLY, O_CREAT } = constants;
const EPERM = 1;
const ENOENT = 2;
const EBADF = 9;
const EACCES = 13;
const EFAULT = 14;

const everywhere = ['ext4', 'tmpfs', 'overlay'] as const;

function refused(step: CallStep, path: string, error = EACCES): CallStep {
  return expectRecord(expectError(step, error), { file: { path, source: 'caller' } });
}

export const openRefusedCases: readonly KernelCase[] = [
  {
    name: 'open refused to another user, by every way of naming the file',
    filesystems: everywhere,
    files: { dir: directory(), 'dir/secret': file(0o600), link: symlink('dir') },
    steps: [
      fork(
        keep(1, expectRecord(call('open', 'dir', O_RDONLY), { file: { path: 'dir' } })),
        call('setresgid', 1000, 1000, 1000),
        call('setresuid', 1000, 1000, 1000),
        identity,
        refused(call('open', 'dir/secret', O_RDONLY), 'dir/secret'),
        refused(call('openat', kept(1), 'secret', O_WRONLY), 'dir/secret'),
        refused(call('open', './dir//../link/secret', O_RDONLY), 'link/secret'),
        refused(call('creat', 'dir/new', 0o600), 'dir/new'),
        refused(
          call('openat2', AT_FDCWD, 'dir/secret', { words: [O_WRONLY, 0, 0] }, 24),
          'dir/secret',
        ),
      ),
    ],
  },
  {
    name: 'open of an immutable file refused to root',
    files: { a: file() },
    setUp: immutable('a'),
    steps: [refused(call('open', absolute('a'), O_WRONLY), 'a', EPERM)],
    tearDown: clearFlags('a'),
  },
  {
    name: 'an open that finds nothing is an event when all failures are wanted',
    failures: 'all',
    files: { dir: directory() },
    steps: [
      refused(call('open', 'missing', O_RDONLY), 'missing', ENOENT),
      refused(call('open', 'missing/../dir/gone', O_RDONLY), 'dir/gone', ENOENT),
      expectRecord(expectError(call('open', '', O_RDONLY), ENOENT), {
        file: { path: '.', source: 'caller' },
        situation: 'empty_path',
      }),
    ],
  },
  {
    name: 'a string that cannot be read and a directory that does not exist are said to be so',
    failures: 'all',
    steps: [
      expectRecord(expectError(call('open', 8, O_RDONLY), EFAULT), {
        file: { path: '', source: 'caller', flags: ['UNREADABLE'] },
        situation: 'unreadable_path',
      }),
      expectRecord(expectError(call('openat', 99, 'a', O_CREAT | O_WRONLY, 0o600), EBADF), {
        file: { path: 'a', verbatim: true, source: 'caller', flags: ['BASE_UNKNOWN'] },
      }),
    ],
  },
];
