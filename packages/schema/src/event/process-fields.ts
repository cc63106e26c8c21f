// SPDX-License-Identifier: Apache-2.0
// The block of fields that every process has: the event’s own, its parent, each of its ancestors,
// and that of exec and exit.

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
import { makeFileFields } from './file-fields.ts';

const resolved = { source: 'resolver', cost: 50 } as const;
const unfilled = { filled: false } as const;
const place = { cost: 30 } as const;

const capabilities = {
  range: uint64AsInt64,
  style: 'decimal',
  constants: 'capabilities',
} as const;

function nameOf(name: string, id: string): FieldDraft {
  return text(name, `Name of \`${id}\`.`, resolved);
}

const identity: readonly FieldDraft[] = [
  integer('pid', 'Process id (of the thread group) in the initial pid namespace.'),
  integer('tid', 'Id of the thread: for the process of an event the one that did it.'),
  integer('ppid', 'Process id of the parent.'),
  integer('sid', 'Id of the session.', unfilled),
  text('comm', 'Command name, at most 15 bytes.'),
  flag('is_kworker', 'True for a thread of the kernel.'),
  flag('is_exec', 'True when the process ran a program itself, false after a mere fork.'),
  flag(
    'is_thread',
    'True when the process has run no program itself since it was created: it goes on with that ' +
      'of its creator. The opposite of `is_exec`; whether a thread acted is seen in `tid`.',
  ),
  time('created_at', 'When the process was created.'),
  text('tty_name', 'Name of the controlling terminal, or empty.'),
];

const program: readonly FieldDraft[] = [
  text('argv0', 'First argument: the name the program was called by.'),
  textList('argv', 'Arguments after the first. In alerts the first is included.', { cost: 100 }),
  text('args', 'Arguments after the first, joined by spaces.', { cost: 500 }),
  textList(
    'args_flags',
    'Flags among the arguments, without their dashes: of `-sV --wait` these are `s`, `V`, `sV` ' +
      'and `wait`.',
    { cost: 500 },
  ),
  textList(
    'args_options',
    'Options with a value among the arguments, without their dashes: of `-p 80 --user=root` ' +
      'these are `p=80` and `user=root`.',
    { cost: 500 },
  ),
  flag('args_truncated', 'True when arguments were cut.'),
  textList('envs', 'Names of the environment variables.', { cost: 100, ...unfilled }),
  textList('envp', 'Environment variables, as `NAME=value`.', { cost: 100, ...unfilled }),
  flag('envs_truncated', 'True when environment variables were cut.', unfilled),
];

const credentials: readonly FieldDraft[] = [
  integer('uid', 'Real user id.'),
  integer('gid', 'Real group id.'),
  integer('euid', 'Effective user id.'),
  integer('egid', 'Effective group id.'),
  integer('fsuid', 'User id that file access is checked with.'),
  integer('fsgid', 'Group id that file access is checked with.'),
  nameOf('user', 'uid'),
  nameOf('group', 'gid'),
  nameOf('euser', 'euid'),
  nameOf('egroup', 'egid'),
  nameOf('fsuser', 'fsuid'),
  nameOf('fsgroup', 'fsgid'),
  integer(
    'auid',
    'Login user id (audit), kept through su and sudo; AUDIT_AUID_UNSET when not set.',
  ),
  integer('cap_effective', 'Effective capabilities.', capabilities),
  integer('cap_permitted', 'Permitted capabilities.', capabilities),
  integer('caps_attempted', 'Capabilities that the process asked for.', {
    ...capabilities,
    ...unfilled,
  }),
  integer('caps_used', 'Capabilities that the process asked for and had.', {
    ...capabilities,
    ...unfilled,
  }),
];

const surroundings: readonly FieldDraft[] = [
  integer('mntns', 'Mount namespace (inode number).'),
  integer('netns', 'Network namespace (inode number).'),
  integer('pidns', 'Pid namespace (inode number).'),
  text('cgroup.id', 'Path of the control group.', place),
  integer('cgroup.version', 'Version of the hierarchy of the control group: 1 or 2.'),
  integer('cgroup.file.inode', 'Inode number of the directory of the control group.', {
    range: uint64AsInt64,
    style: 'decimal',
  }),
  integer('cgroup.file.mount_id', 'Mount of the directory of the control group.', {
    range: int32,
    ...unfilled,
  }),
  time('cgroup.created_at', 'When the control group was created.', unfilled),
  text('container.id', 'Identifier of the container, or empty.', place),
  time('container.created_at', 'When the container was created.', unfilled),
  textList('container.tags', 'What the runtime says of the container, as `key:value`.', {
    source: 'resolver',
    cost: 9999,
    ...unfilled,
  }),
];

const session: readonly FieldDraft[] = [
  text('id', 'Identifier of the session that a user opened from elsewhere.'),
  text('identity', 'Who opened the session, in the words of its kind.'),
  integer('k8s_session_id', 'Identifier of the session opened through Kubernetes.', {
    range: uint64AsInt64,
    style: 'decimal',
  }),
  text('k8s_username', 'User who opened the session, by the name Kubernetes has.'),
  text('k8s_uid', 'Identifier of that user in Kubernetes.'),
  textList('k8s_groups', 'Groups of that user in Kubernetes.'),
  text('ssh_username', 'User who opened the session over SSH.'),
  integer('ssh_port', 'Port of the client that opened the session over SSH.', { range: uint16 }),
  text('ssh_client_ip', 'Address of the client that opened the session over SSH.'),
  integer('ssh_auth_method', 'How the user proved who they are to SSH.'),
  text('ssh_public_key', 'Fingerprint of the public key that SSH was given, or empty.'),
].map((draft) => ({ ...draft, ...resolved, name: `user_session.${draft.name}`, filled: false }));

/** The block without its files, by the last part of the names. */
export const processBlock: readonly FieldDraft[] = [
  ...identity,
  ...program,
  ...credentials,
  ...surroundings,
  ...session,
];

/** Parts of the names of a process’s own files: what it runs, and what runs that. */
export const processFiles = ['file', 'interpreter.file'] as const;

/** The fields of a process. */
export function makeProcessFields(prefix: string, owner: FieldOwner): FieldSpec[] {
  const processOwner: FieldOwner = { source: 'process', ...owner };
  return [
    ...makeFields(prefix, processOwner, processBlock),
    ...processFiles.flatMap((file) => makeFileFields(`${prefix}.${file}`, processOwner)),
  ];
}

/** The same of a process whose program the kernel knows: that of an event, and its ancestors. */
export function makeTrackedProcessFields(prefix: string, owner: FieldOwner): FieldSpec[] {
  const program = `${prefix}.file`;
  return makeProcessFields(prefix, owner).map((field) => {
    if (field.name === `${program}.path`)
      return { ...field, filter: 'path', filterFile: 'program' };
    if (field.name === `${program}.name`)
      return { ...field, filter: 'name', filterFile: 'program' };
    return field;
  });
}
