// SPDX-License-Identifier: Apache-2.0
// The fields of events about files, but for those that change what a file is called: what was
// asked for, what became of it, and the file.

import type { ConstantGroupName } from './constants.ts';
import { ownerOf } from './event-owner.ts';
import type { EventType } from './event-types.ts';
import {
  type FieldDraft,
  type FieldSpec,
  flag,
  int32,
  integer,
  makeFields,
  text,
  uint16,
} from './field-spec.ts';
import { makeFileFields, makeFilteredFileFields } from './file-fields.ts';
import { fileOperations } from './operations.ts';

const retvalDescription =
  'Result of the call: 0 or above on success, a negative error constant otherwise.';

/** The result of the call; the kernel decides on it where it has a table. */
export function makeRetval(event: EventType): FieldSpec[] {
  const isDecided = (fileOperations as readonly EventType[]).includes(event);
  return makeFields(event, ownerOf(event), [
    integer('retval', retvalDescription, {
      range: int32,
      constants: 'errors',
      filter: isDecided ? 'result' : 'none',
    }),
  ]);
}

/** What the program passed to the kernel, before anything was made of it. */
export function makeSyscallFields(event: EventType, drafts: readonly FieldDraft[]): FieldSpec[] {
  return makeFields(
    `${event}.syscall`,
    ownerOf(event),
    drafts.map((draft) => ({ ...draft, cost: 900, filled: false })),
  );
}

export const syscallPath = text('path', 'Path as the caller passed it.');

/** Flags whose names alerts write. */
export function namedFlags(name: string, constants: ConstantGroupName, description: string) {
  return integer(name, description, { constants, style: 'names' });
}

function modeFields(description: string): FieldDraft[] {
  return [
    integer('file.destination.mode', description, { range: uint16, constants: 'fileModes' }),
    integer('file.destination.rights', `${description.slice(0, -1)}, rights only.`, {
      range: [0n, 0o7777n],
      constants: 'fileModes',
    }),
  ];
}

function openFields(): FieldSpec[] {
  const event = 'open';
  return [
    ...makeRetval(event),
    ...makeFields(event, ownerOf(event), [
      namedFlags('flags', 'openFlags', 'Flags passed to open.'),
      flag('created', 'True when the call created the file.'),
    ]),
    ...makeFilteredFileFields('open.file', ownerOf(event)),
    ...makeFields(event, ownerOf(event), modeFields('Mode passed for a new file.')),
    ...makeSyscallFields(event, [
      syscallPath,
      integer('flags', 'Flags as the caller passed them.', { constants: 'openFlags' }),
      integer('mode', 'Mode as the caller passed it.', { constants: 'fileModes' }),
    ]),
  ];
}

function chmodFields(): FieldSpec[] {
  const event = 'chmod';
  return [
    ...makeRetval(event),
    ...makeFilteredFileFields('chmod.file', ownerOf(event)),
    ...makeFields(event, ownerOf(event), modeFields('Mode after the call.')),
    ...makeSyscallFields(event, [
      syscallPath,
      integer('mode', 'Mode as the caller passed it.', { constants: 'fileModes' }),
    ]),
  ];
}

function chownFields(): FieldSpec[] {
  const event = 'chown';
  const range = [-1n, 0xffffffffn] as const;
  return [
    ...makeRetval(event),
    ...makeFileFields('chown.file', ownerOf(event)),
    ...makeFields(event, ownerOf(event), [
      integer('file.destination.uid', 'New owner; -1 where it stays as it was.', { range }),
      text('file.destination.user', 'Name of the new owner.', { source: 'resolver', cost: 50 }),
      integer('file.destination.gid', 'New group; -1 where it stays as it was.', { range }),
      text('file.destination.group', 'Name of the new group.', { source: 'resolver', cost: 50 }),
    ]),
    ...makeSyscallFields(event, [
      syscallPath,
      integer('uid', 'Owner as the caller passed it.', { range }),
      integer('gid', 'Group as the caller passed it.', { range }),
    ]),
  ];
}

function mkdirFields(): FieldSpec[] {
  const event = 'mkdir';
  return [
    ...makeRetval(event),
    ...makeFileFields('mkdir.file', ownerOf(event)),
    ...makeFields(event, ownerOf(event), modeFields('Mode passed for the new directory.')),
    ...makeSyscallFields(event, [
      syscallPath,
      integer('mode', 'Mode as the caller passed it.', { constants: 'fileModes' }),
    ]),
  ];
}

/** Events that have nothing but a result, a file and the path that was passed. */
function plainFields(event: 'rmdir' | 'utimes' | 'chdir'): FieldSpec[] {
  return [
    ...makeRetval(event),
    ...makeFileFields(`${event}.file`, ownerOf(event)),
    ...makeSyscallFields(event, [syscallPath]),
  ];
}

function attributeFields(event: 'setxattr' | 'removexattr'): FieldSpec[] {
  return [
    ...makeRetval(event),
    ...makeFileFields(`${event}.file`, ownerOf(event)),
    ...makeFields(event, ownerOf(event), [
      text(
        'file.destination.namespace',
        'Namespace of the attribute: `user`, `trusted`, `security` or `system`.',
      ),
      text('file.destination.name', 'Name of the attribute, with its namespace.'),
    ]),
  ];
}

function spliceFields(): FieldSpec[] {
  const event = 'splice';
  return [
    ...makeRetval(event),
    ...makeFileFields('splice.file', ownerOf(event)),
    ...makeFields(event, ownerOf(event), [
      namedFlags('pipe_entry_flag', 'pipeFlags', 'Flags of the last buffer of the pipe before.'),
      namedFlags('pipe_exit_flag', 'pipeFlags', 'Flags of the last buffer of the pipe after.'),
    ]),
  ];
}

/** Events whose file keeps its name. */
export const fileEventFields: readonly FieldSpec[] = [
  ...openFields(),
  ...chmodFields(),
  ...chownFields(),
  ...mkdirFields(),
  ...plainFields('rmdir'),
  ...plainFields('utimes'),
  ...plainFields('chdir'),
  ...attributeFields('setxattr'),
  ...attributeFields('removexattr'),
  ...spliceFields(),
];
