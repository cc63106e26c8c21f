// SPDX-License-Identifier: Apache-2.0
// Opens without a name in the call, and what is opened but is no file in any tree.

import { constants } from 'node:fs';
import { directory, file, type KernelCase } from '../kernel-case.ts';
import { AT_FDCWD, call, expectRecord, keep, kept } from '../steps.ts';

const { O_RDONLY, O_RDWR } = constants;

export const handleCases: readonly KernelCase[] = [
  {
    name: 'open_by_handle_at',
    filesystems: ['ext4', 'tmpfs'],
    files: { dir: directory(), 'dir/a': file(0o640) },
    steps: [
      call('name_to_handle_at', AT_FDCWD, 'dir/a', { buffer: 0 }, { buffer: 1 }, 0),
      keep(1, expectRecord(call('open', '.', O_RDONLY), { file: { path: '.' } })),
      expectRecord(call('open_by_handle_at', kept(1), { buffer: 0 }, O_RDWR), {
        file: { path: 'dir/a' },
      }),
    ],
  },
  {
    name: 'a pipe and a file in memory are no files in any tree',
    steps: [
      call('pipe', { buffer: 0 }),
      keep(1, call('memfd_create', 'memory', 0)),
      // Their descriptors are not the results of opens; these are.
      call('dup2', kept(1), 9),
      call('open', '/proc/self/fd/9', O_RDWR),
    ],
  },
];
