// SPDX-License-Identifier: Apache-2.0
// Changes of rights by every call: the file they were made on, the mode before and the mode after.

import { directory, file, hardlink, type KernelCase, symlink } from '../kernel-case.ts';
import {
  AT_EMPTY_PATH,
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
  thread,
} from '../steps.ts';

const O_RDONLY = 0;
const O_PATH = 0o10000000;
const EPERM = 1;
const ENOENT = 2;

const everywhere = ['ext4', 'tmpfs', 'overlay'] as const;

function changed(step: CallStep, path: string): CallStep {
  return expectRecord(step, { file: { path } });
}

/** By a descriptor: no string stands between the call and the file. */
function changedDirectly(step: CallStep, path: string): CallStep {
  return expectRecord(step, { file: { path, source: 'descriptor' } });
}

function opened(slot: number, name: string, flags = O_RDONLY): CallStep {
  return keep(slot, expectRecord(call('open', name, flags), { file: { path: name } }));
}

export const chmodCases: readonly KernelCase[] = [
  {
    name: 'chmod and fchmodat by a relative and an absolute path',
    filesystems: everywhere,
    files: { dir: directory(), 'dir/a': file(0o640, 1000) },
    steps: [
      changed(call('chmod', 'dir/a', 0o600), 'dir/a'),
      changed(call('chmod', absolute('dir/a'), 0o4755), 'dir/a'),
      changed(call('fchmodat', AT_FDCWD, './dir/../dir/a', 0o2711), 'dir/a'),
      opened(1, 'dir', O_PATH),
      changed(call('fchmodat', kept(1), 'a', 0o400), 'dir/a'),
    ],
  },
  {
    name: 'fchmod',
    filesystems: everywhere,
    files: { a: file(0o644) },
    steps: [
      opened(1, 'a'),
      changedDirectly(call('fchmod', kept(1), 0o600), 'a'),
      changedDirectly(call('fchmod', kept(1), 0o6755), 'a'),
    ],
  },
  {
    name: 'chmod to the mode that it has',
    filesystems: everywhere,
    files: { a: file(0o644) },
    steps: [changed(call('chmod', 'a', 0o644), 'a'), changed(call('chmod', 'a', 0o644), 'a')],
  },
  {
    name: 'chmod of a directory',
    filesystems: everywhere,
    files: { dir: directory(0o755) },
    steps: [
      changed(call('chmod', 'dir', 0o1777), 'dir'),
      changed(call('chmod', 'dir', 0o700), 'dir'),
    ],
  },
  {
    name: 'fchmodat2 on a name, and on a descriptor alone',
    filesystems: everywhere,
    needs: ['fchmodat2'],
    files: { a: file(0o644) },
    steps: [
      changed(call('fchmodat2', AT_FDCWD, 'a', 0o600, 0), 'a'),
      opened(1, 'a', O_PATH),
      changedDirectly(call('fchmodat2', kept(1), '', 0o640, AT_EMPTY_PATH), 'a'),
    ],
  },
  {
    name: 'chmod through a symbolic link',
    filesystems: everywhere,
    files: { dir: directory(), 'dir/a': file(0o644), link: symlink('dir/a') },
    steps: [
      expectRecord(call('chmod', 'link', 0o600), {
        file: { path: 'dir/a', callerPath: 'link' },
      }),
    ],
  },
  {
    name: 'chmod of a file with two names',
    files: { a: file(0o644), b: hardlink('a') },
    steps: [
      // Which file is certain, by which of its names is not.
      expectRecord(call('chmod', 'b', 0o600), {
        file: { path: 'b', source: 'object_without_name' },
      }),
    ],
  },
  {
    name: 'fchmod of a file without a name',
    files: { a: file(0o644) },
    steps: [
      opened(1, 'a'),
      expectRecord(call('unlink', 'a'), { file: { path: 'a' } }),
      expectRecord(call('fchmod', kept(1), 0o600), {
        file: { path: 'a', source: 'descriptor', flags: ['UNLINKED'] },
      }),
    ],
  },
  {
    name: 'chmod refused to another user',
    filesystems: everywhere,
    files: { a: file(0o644) },
    steps: [
      fork(
        opened(1, 'a'),
        call('setresuid', 1000, 1000, 1000),
        identity,
        expectRecord(expectError(call('chmod', 'a', 0o777), EPERM), {
          file: { path: 'a', source: 'checked' },
        }),
        expectRecord(expectError(call('fchmod', kept(1), 0o777), EPERM), {
          file: { path: 'a', source: 'descriptor' },
        }),
      ),
    ],
  },
  {
    name: 'chmod in a thread',
    files: { a: file(0o644) },
    steps: [
      thread(changed(call('chmod', 'a', 0o600), 'a')),
      changed(call('chmod', 'a', 0o644), 'a'),
    ],
  },
  {
    name: 'a chmod that finds nothing is an event when all failures are wanted',
    failures: 'all',
    steps: [
      expectRecord(expectError(call('chmod', 'missing', 0o600), ENOENT), {
        file: { path: 'missing', source: 'caller' },
      }),
    ],
  },
];
