// SPDX-License-Identifier: Apache-2.0
// What some kernels cannot show, as data. An entry changes what its cases expect on its kernels,
// exactly: when a kernel turns out to show it after all, the cases fail until the entry goes.

import type { RecordKind } from '@fimbul/schema';
import type { FilesystemName } from './kernel-case.ts';

export type KnownDifference = {
  readonly reason: string;
  /** Kernel series. */
  readonly kernels: readonly string[];
  readonly filesystems: readonly FilesystemName[];
  readonly operations: readonly RecordKind[];
  /**
   * `caller_path`: no kernel object is seen, so the record has the caller's path and no inode.
   * `mode_before_unknown`: a chmod does not know the mode before.
   */
  readonly effect: 'caller_path' | 'mode_before_unknown';
};

export const knownDifferences: readonly KnownDifference[] = [
  {
    reason: 'Before 6.13 no tracepoint shows the inodes of tmpfs and overlayfs.',
    kernels: ['5.10', '6.1', '6.12'],
    filesystems: ['tmpfs', 'overlay'],
    operations: ['unlink', 'rename', 'chmod'],
    effect: 'caller_path',
  },
  {
    reason: 'In 5.10 ext4 is a module without types, so its tracepoints cannot be attached to.',
    kernels: ['5.10'],
    filesystems: ['ext4'],
    operations: ['unlink', 'rename'],
    effect: 'caller_path',
  },
  {
    reason: 'In 5.10 the structs of ext4 have no types, so its inode table cannot be read.',
    kernels: ['5.10'],
    filesystems: ['ext4'],
    operations: ['chmod'],
    effect: 'mode_before_unknown',
  },
  {
    reason: 'A rename on overlayfs moves names of its layers, which are not the task’s own work.',
    kernels: ['5.10', '6.1', '6.12', '6.18', '7.2'],
    filesystems: ['overlay'],
    operations: ['rename'],
    effect: 'caller_path',
  },
  {
    reason: 'The mode before is read from the inode table of ext4; other filesystems have none.',
    kernels: ['5.10', '6.1', '6.12', '6.18', '7.2'],
    filesystems: ['tmpfs', 'overlay'],
    operations: ['chmod'],
    effect: 'mode_before_unknown',
  },
];

/** Finds what is known about records of a kind on this kernel. */
export function findDifferences(
  series: string,
  filesystem: FilesystemName,
  kind: RecordKind,
): readonly KnownDifference[] {
  return knownDifferences.filter(
    ({ kernels, filesystems, operations }) =>
      kernels.includes(series) && filesystems.includes(filesystem) && operations.includes(kind),
  );
}
