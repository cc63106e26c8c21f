// SPDX-License-Identifier: Apache-2.0
// System calls of 32-bit programs, made by interrupt from a 64-bit one. The same number is another
// call in the other table: 295 is openat in the one and preadv in the other.

import { constants } from 'node:fs';
import { directory, file, type KernelCase } from '../kernel-case.ts';
import { AT_FDCWD, call, expectError, expectRecord, ia32, keep, kept } from '../steps.ts';

const { O_CREAT, O_RDONLY, O_WRONLY } = constants;
const EBADF = 9;

export const ia32Cases: readonly KernelCase[] = [
  {
    name: 'every call through the 32-bit entry',
    needs: ['ia32_emulation'],
    filesystems: ['ext4', 'tmpfs'],
    files: { a: file(), dir: directory() },
    steps: [
      expectRecord(ia32(call('open', 'a', O_RDONLY)), { file: { path: 'a' } }),
      expectRecord(ia32(call('creat', 'b', 0o600)), { file: { path: 'b' }, created: true }),
      keep(1, expectRecord(ia32(call('openat', AT_FDCWD, 'dir', 0)), { file: { path: 'dir' } })),
      expectRecord(ia32(call('openat', kept(1), 'c', O_CREAT | O_WRONLY, 0o600)), {
        file: { path: 'dir/c' },
        created: true,
      }),
      expectRecord(ia32(call('openat2', AT_FDCWD, 'a', { words: [O_WRONLY, 0, 0] }, 24)), {
        file: { path: 'a' },
      }),
      expectRecord(ia32(call('rename', 'a', 'dir/a')), {
        file: { path: 'a' },
        destination: { path: 'dir/a' },
      }),
      expectRecord(ia32(call('renameat', kept(1), 'a', kept(1), 'd')), {
        file: { path: 'dir/a' },
        destination: { path: 'dir/d' },
      }),
      expectRecord(ia32(call('renameat2', AT_FDCWD, 'dir/d', AT_FDCWD, 'e', 0)), {
        file: { path: 'dir/d' },
        destination: { path: 'e' },
      }),
      expectRecord(ia32(call('chmod', 'e', 0o640)), { file: { path: 'e' } }),
      expectRecord(ia32(call('fchmodat', kept(1), 'c', 0o640)), { file: { path: 'dir/c' } }),
      expectRecord(ia32(call('fchmod', kept(1), 0o711)), {
        file: { path: 'dir', source: 'descriptor' },
      }),
      expectRecord(ia32(call('unlinkat', kept(1), 'c', 0)), { file: { path: 'dir/c' } }),
      expectRecord(ia32(call('unlink', 'b')), { file: { path: 'b' } }),
    ],
  },
  {
    name: 'the number of a 32-bit call through the 64-bit entry is another call',
    steps: [expectError(call('preadv', -1, null, 0, 0), EBADF)],
  },
];
