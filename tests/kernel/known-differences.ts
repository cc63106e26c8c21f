// SPDX-License-Identifier: Apache-2.0
// What some backends cannot show on some kernels, as data. An entry changes what its cases expect
// there, exactly: when the kernel turns out to show it after all, the cases fail until the entry
// goes.

import type { BackendName } from '@fimbul/probe';
import type { RecordKind } from '@fimbul/schema';
import type { FilesystemName } from './kernel-case.ts';
import { isOlder } from './kernel-features.ts';
import type { Entrance, Situation } from './steps.ts';

export type KnownDifference = {
  readonly reason: string;
  readonly backends: readonly BackendName[];
  /** The first kernel series that is not concerned; without it, every kernel is. */
  readonly before?: string;
  /** The first kernel series that is concerned; without it, all old ones are. */
  readonly since?: string;
  readonly filesystems: readonly FilesystemName[];
  readonly operations: readonly RecordKind[];
  /** How calls enter the kernel that it is about. */
  readonly entrances: readonly Entrance[];
  /** It is about calls in these situations alone; without them, about all that are in none. */
  readonly situations?: readonly Situation[];
  /**
   * `caller_path`: no kernel object is seen, so the record has the caller's path and no inode.
   * `mode_before_unknown`: a chmod does not know the mode before. `no_path`: the record has no
   * path at all. `no_record`: nothing comes.
   */
  readonly effect: 'caller_path' | 'mode_before_unknown' | 'no_path' | 'no_record';
};

const calls = ['call', 'call32'] as const;
const withObjects = ['lsm', 'kprobe', 'fexit'] as const;
const everywhere = ['ext4', 'tmpfs', 'overlay'] as const;

export const knownDifferences: readonly KnownDifference[] = [
  {
    reason: 'Before 6.13 no tracepoint shows the inodes of tmpfs and overlayfs.',
    backends: ['tracepoint'],
    before: '6.13',
    filesystems: ['tmpfs', 'overlay'],
    operations: ['unlink', 'rename', 'chmod'],
    entrances: calls,
    effect: 'caller_path',
  },
  {
    reason: 'In 5.10 ext4 is a module without types, so its tracepoints cannot be attached to.',
    backends: ['tracepoint'],
    before: '5.11',
    filesystems: ['ext4'],
    operations: ['unlink', 'rename'],
    entrances: calls,
    effect: 'caller_path',
  },
  {
    reason: 'In 5.10 the structs of ext4 have no types, so its inode table cannot be read.',
    backends: ['tracepoint'],
    before: '5.11',
    filesystems: ['ext4'],
    operations: ['chmod'],
    entrances: calls,
    effect: 'mode_before_unknown',
  },
  {
    reason: 'A rename on overlayfs moves names of its layers, which are not the task’s own work.',
    backends: ['tracepoint'],
    filesystems: ['overlay'],
    operations: ['rename'],
    entrances: calls,
    effect: 'caller_path',
  },
  {
    reason: 'The mode before is read from the inode table of ext4; other filesystems have none.',
    backends: ['tracepoint'],
    filesystems: ['tmpfs', 'overlay'],
    operations: ['chmod'],
    entrances: calls,
    effect: 'mode_before_unknown',
  },
  {
    reason: 'A request to io_uring is no system call of its own.',
    backends: ['tracepoint'],
    filesystems: everywhere,
    operations: ['open', 'unlink', 'rename'],
    entrances: ['ring'],
    effect: 'no_record',
  },
  {
    reason: 'Before 7.0 an open whose path the kernel cannot read ends before its function.',
    backends: withObjects,
    before: '7.0',
    filesystems: everywhere,
    operations: ['open'],
    entrances: calls,
    situations: ['empty_path', 'unreadable_path'],
    effect: 'no_record',
  },
  {
    reason: 'The function for opens gets no path that is refused as the kernel reads it.',
    backends: withObjects,
    since: '7.0',
    filesystems: everywhere,
    operations: ['open'],
    entrances: calls,
    situations: ['empty_path', 'unreadable_path'],
    effect: 'no_path',
  },
];

export type DifferenceQuery = {
  readonly series: string;
  readonly backend: BackendName;
  readonly filesystem: FilesystemName;
  readonly kind: RecordKind;
  readonly entrance: Entrance;
  readonly situation: Situation | undefined;
};

/** Finds what is known about records of a kind. */
export function findDifferences(query: DifferenceQuery): readonly KnownDifference[] {
  return knownDifferences.filter(
    ({ backends, before, since, filesystems, operations, entrances, situations }) =>
      backends.includes(query.backend) &&
      (situations === undefined
        ? query.situation === undefined
        : situations.some((situation) => situation === query.situation)) &&
      (since === undefined || !isOlder(query.series, since)) &&
      (before === undefined || isOlder(query.series, before)) &&
      filesystems.includes(query.filesystem) &&
      operations.includes(query.kind) &&
      entrances.includes(query.entrance),
  );
}
