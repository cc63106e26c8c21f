// SPDX-License-Identifier: Apache-2.0
// The block of fields that every file has: the file of an operation, an executable, a script. The
// kernel decides on names and paths only of files of the operations that it has tables for.

import {
  type FieldDraft,
  type FieldOwner,
  type FieldSpec,
  flag,
  int32,
  integer,
  makeFields,
  text,
  textList,
  time,
  uint16,
  uint64AsInt64,
} from './field-spec.ts';

const resolved = { source: 'resolver', cost: 50 } as const;

/** Costly or not known yet: what tells of the package that a file came with. */
const packageFields: readonly FieldDraft[] = [
  text('package.name', 'Name of the package that the file belongs to, or empty.'),
  text('package.version', 'Version of that package, without epoch and release.'),
  integer('package.epoch', 'Epoch of that package, 0 where it has none.'),
  text('package.release', 'Release of that package, or empty.'),
  text('package.source_version', 'Version of the source package it was built from.'),
  integer('package.source_epoch', 'Epoch of the source package, 0 where it has none.'),
  text('package.source_release', 'Release of the source package, or empty.'),
].map((draft) => ({ ...draft, ...resolved, filled: false }));

/** The block, by the last part of the names. */
export const fileBlock: readonly FieldDraft[] = [
  text('path', 'Path from the root of the mount namespace.', {
    match: 'glob',
    cost: 20,
    filter: 'path',
  }),
  text(
    'path_source',
    '`kernel`: from the kernel’s own objects; `caller`: from the string the caller passed.',
    { inRules: false },
  ),
  text('path_raw', 'The path’s bytes in base64, present when they are not UTF-8.', {
    inRules: false,
  }),
  flag('path_truncated', 'True when the path was longer or deeper than the agent keeps.', {
    filter: 'partial-path',
  }),
  flag(
    'path_detached',
    'True when the file was reached through a mount that is in no mount namespace (unmounted ' +
      'lazily, or never attached): the path begins at that mount’s root.',
    { filter: 'partial-path' },
  ),
  text('name', 'Last component of the path.', { cost: 10, filter: 'name' }),
  text('extension', 'Extension of the name with its dot, or empty.', { cost: 15 }),
  text('filesystem', 'Name of the filesystem type, such as `ext4`.'),
  integer('inode', 'Inode number.', { range: uint64AsInt64, style: 'decimal' }),
  integer('device', 'Device number of the filesystem: major << 20 | minor.'),
  integer('mount_id', 'Identifier of the mount.', { range: int32 }),
  flag(
    'mount_visible',
    'True when the file was reached through a mount that is attached in a mount namespace.',
  ),
  flag('mount_detached', 'True when that mount is in no mount namespace, as for `path_detached`.'),
  flag('in_upper_layer', 'True for a file of an overlay that is not the one of its image.'),
  integer('mode', 'Type and rights of the file (before a chmod changed them).', {
    range: uint16,
    constants: 'fileModes',
  }),
  integer('rights', 'Rights of the file: mode & 07777.', {
    range: [0n, 0o7777n],
    constants: 'fileModes',
  }),
  integer('uid', 'User that owns the file.'),
  text('user', 'Name of the user that owns the file.', resolved),
  integer('gid', 'Group that owns the file.'),
  text('group', 'Name of the group that owns the file.', resolved),
  time('change_time', 'Time of the last change of the inode.'),
  time('modification_time', 'Time of the last change of the content.'),
  ...packageFields,
  textList('hashes', 'Hashes of the content, as `algorithm:digest`.', {
    source: 'resolver',
    cost: 999,
    filled: false,
  }),
];

const undecided: readonly FieldDraft[] = fileBlock.map((draft) => ({ ...draft, filter: 'none' }));

/** The fields of a file that the kernel has no table for. */
export function makeFileFields(prefix: string, owner: FieldOwner): FieldSpec[] {
  return makeFields(prefix, owner, undecided);
}

/** The fields of a file whose name and path the kernel can decide on. */
export function makeFilteredFileFields(prefix: string, owner: FieldOwner): FieldSpec[] {
  return makeFields(prefix, owner, fileBlock);
}
