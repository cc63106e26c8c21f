// SPDX-License-Identifier: Apache-2.0
// The fields of events that change what files are called, or where: rename, link, unlink, mount.

import { ownerOf } from './event-owner.ts';
import { type FieldSpec, flag, int32, integer, makeFields, text } from './field-spec.ts';
import { makeRetval, makeSyscallFields, namedFlags, syscallPath } from './file-event-fields.ts';
import { makeFileFields, makeFilteredFileFields } from './file-fields.ts';

const bothPaths = [
  text('path', 'Path of the existing file, as the caller passed it.'),
  text('destination.path', 'New path, as the caller passed it.'),
];

function renameFields(): FieldSpec[] {
  const event = 'rename';
  const owner = ownerOf(event);
  return [
    ...makeRetval(event),
    ...makeFields(event, owner, [namedFlags('flags', 'renameFlags', 'Flags passed to renameat2.')]),
    ...makeFilteredFileFields('rename.file', owner),
    ...makeFilteredFileFields('rename.file.destination', { ...owner, filterFile: 'destination' }),
    ...makeSyscallFields(event, bothPaths),
  ];
}

function linkFields(): FieldSpec[] {
  const event = 'link';
  return [
    ...makeRetval(event),
    ...makeFileFields('link.file', ownerOf(event)),
    ...makeFileFields('link.file.destination', { ...ownerOf(event), filterFile: 'destination' }),
    ...makeSyscallFields(event, bothPaths),
  ];
}

function unlinkFields(): FieldSpec[] {
  const event = 'unlink';
  return [
    ...makeRetval(event),
    ...makeFields(event, ownerOf(event), [
      namedFlags('flags', 'unlinkFlags', 'Flags passed to unlinkat.'),
    ]),
    ...makeFilteredFileFields('unlink.file', ownerOf(event)),
    ...makeSyscallFields(event, [
      integer('dirfd', 'Descriptor of the directory that the path starts from.', { range: int32 }),
      syscallPath,
      integer('flags', 'Flags as the caller passed them.', { constants: 'unlinkFlags' }),
    ]),
  ];
}

function mountFields(): FieldSpec[] {
  const event = 'mount';
  const path = { match: 'glob', cost: 20 } as const;
  return [
    ...makeRetval(event),
    ...makeFields(event, ownerOf(event), [
      text('fs_type', 'Name of the filesystem type, such as `ext4`.'),
      flag('detached', 'True when the mount is in no mount namespace.'),
      flag('visible', 'True when the mount is attached in a mount namespace.'),
      text('mountpoint.path', 'Path of the directory or file that is covered.', path),
      text('source.path', 'Path of what is mounted, for a bind mount.', path),
      text('root.path', 'Path within the filesystem that becomes the root of the mount.', path),
    ]),
    ...makeSyscallFields(event, [
      text('source.path', 'What is mounted, as the caller passed it.'),
      text('mountpoint.path', 'Path that is covered, as the caller passed it.'),
      text('fs_type', 'Name of the filesystem type, as the caller passed it.'),
    ]),
  ];
}

/** Events that give a file another name, or take one. */
export const nameEventFields: readonly FieldSpec[] = [
  ...unlinkFields(),
  ...renameFields(),
  ...linkFields(),
  ...mountFields(),
];
