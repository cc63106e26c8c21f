// SPDX-License-Identifier: Apache-2.0
// Opens by every call and every way of naming a file; what each flag does to the record.

import { constants } from 'node:fs';
import { directory, file, type KernelCase, symlink } from '../kernel-case.ts';
import { AT_FDCWD, absolute, call, expectError, expectRecord, keep, kept } from '../steps.ts';

const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_DIRECTORY } = constants;
const { O_SYNC, O_DSYNC, O_NOATIME, O_NONBLOCK, O_NOFOLLOW, O_NOCTTY } = constants;
const O_CLOEXEC = 0o2000000;
const O_PATH = 0o10000000;
const O_TMPFILE = 0o20200000;
const ENOENT = 2;
const EEXIST = 17;

const everywhere = ['ext4', 'tmpfs', 'overlay'] as const;

export const openCases: readonly KernelCase[] = [
  {
    name: 'open to read',
    filesystems: everywhere,
    files: { a: file(0o640) },
    steps: [expectRecord(call('open', 'a', O_RDONLY), { file: { path: 'a' } })],
  },
  {
    name: 'openat to write, truncate and append',
    filesystems: everywhere,
    files: { a: file(0o600, 1000) },
    steps: [O_WRONLY, O_RDWR, O_WRONLY | O_TRUNC, O_RDWR | O_APPEND].map((flags) =>
      expectRecord(call('openat', AT_FDCWD, 'a', flags), { file: { path: 'a' } }),
    ),
  },
  {
    name: 'open with flags about the descriptor and about when data is safe',
    files: { a: file() },
    steps: [
      O_RDONLY | O_CLOEXEC,
      O_RDWR | O_SYNC | O_NOATIME,
      O_WRONLY | O_DSYNC | O_NONBLOCK,
      O_RDONLY | O_NOFOLLOW | O_NOCTTY,
    ].map((flags) => expectRecord(call('open', 'a', flags), { file: { path: 'a' } })),
  },
  {
    name: 'openat creates, and the next one does not',
    filesystems: everywhere,
    steps: [
      expectRecord(call('openat', AT_FDCWD, 'new', O_CREAT | O_WRONLY, 0o640), {
        file: { path: 'new' },
        created: true,
      }),
      expectRecord(call('openat', AT_FDCWD, 'new', O_CREAT | O_WRONLY, 0o600), {
        file: { path: 'new' },
      }),
      expectRecord(call('openat', AT_FDCWD, 'sole', O_CREAT | O_EXCL | O_RDWR, 0o4755), {
        file: { path: 'sole' },
        created: true,
      }),
      expectError(call('openat', AT_FDCWD, 'sole', O_CREAT | O_EXCL | O_RDWR, 0o600), EEXIST),
    ],
  },
  {
    name: 'creat, and creat of what exists',
    filesystems: everywhere,
    files: { old: file() },
    steps: [
      expectRecord(call('creat', 'new', 0o644), { file: { path: 'new' }, created: true }),
      expectRecord(call('creat', 'old', 0o600), { file: { path: 'old' } }),
    ],
  },
  {
    name: 'open as a path only, and a directory',
    filesystems: everywhere,
    files: { a: file(), dir: directory(0o750) },
    steps: [
      expectRecord(call('open', 'a', O_PATH), { file: { path: 'a' } }),
      expectRecord(call('open', 'dir', O_RDONLY | O_DIRECTORY), { file: { path: 'dir' } }),
    ],
  },
  {
    name: 'open a file without a name',
    steps: [
      expectRecord(call('openat', AT_FDCWD, '.', O_TMPFILE | O_RDWR, 0o600), {
        file: { path: '#{inode}', flags: ['UNLINKED'] },
        created: true,
      }),
    ],
  },
  {
    name: 'openat below a descriptor, through `..`, a symbolic link and an absolute path',
    filesystems: everywhere,
    files: { dir: directory(), 'dir/a': file(), link: symlink('dir') },
    steps: [
      keep(1, expectRecord(call('open', 'dir', O_RDONLY), { file: { path: 'dir' } })),
      expectRecord(call('openat', kept(1), 'a', O_RDONLY), { file: { path: 'dir/a' } }),
      expectRecord(call('open', 'dir/../link/./a', O_RDONLY), { file: { path: 'dir/a' } }),
      expectRecord(call('openat', kept(1), absolute('link/a'), O_RDONLY), {
        file: { path: 'dir/a' },
      }),
    ],
  },
  {
    name: 'openat2, whose flags are in memory',
    filesystems: everywhere,
    files: { a: file() },
    steps: [
      expectRecord(call('openat2', AT_FDCWD, 'a', { words: [O_RDWR, 0, 0] }, 24), {
        file: { path: 'a' },
      }),
      expectRecord(call('openat2', AT_FDCWD, 'b', { words: [O_CREAT | O_WRONLY, 0o640, 0] }, 24), {
        file: { path: 'b' },
        created: true,
      }),
    ],
  },
  {
    name: 'an open that finds nothing is no event, unless all failures are wanted',
    files: {},
    steps: [expectError(call('open', 'missing', O_RDONLY), ENOENT)],
  },
];
