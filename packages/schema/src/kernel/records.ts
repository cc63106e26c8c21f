// SPDX-License-Identifier: Apache-2.0
// The records that cross from the kernel to the agent. A record is a fixed part, described here,
// followed by its variable parts; a text_ref says where one stands. Paths stand leaf first:
// `passwd/etc` is /etc/passwd, because the kernel walks from the leaf and user space has more time.

import type { MemberSpec, MemberType, ScalarType, StructSpec } from './layout.ts';

const scalar = (scalarType: ScalarType): MemberType => ({ kind: 'scalar', scalar: scalarType });
const bytes = (length: number): MemberType => ({ kind: 'bytes', length });
const struct = (spec: StructSpec): MemberType => ({ kind: 'struct', struct: spec });

function member(name: string, type: MemberType, comment = ''): MemberSpec {
  return { name, type, comment };
}

export const textRef: StructSpec = {
  name: 'text_ref',
  comment: 'Where a variable part stands in its record.',
  members: [
    member('offset', scalar('u32'), 'bytes from the start of the record; 0 when absent'),
    member('length', scalar('u32'), 'bytes'),
  ],
};

export const processFacts: StructSpec = {
  name: 'process_facts',
  comment: 'Who did it, read at the moment of the event. Ids are those of the initial namespaces.',
  members: [
    member('start_time_ns', scalar('u64'), 'start of the thread group leader, CLOCK_BOOTTIME'),
    member('cap_effective', scalar('u64')),
    member('cap_permitted', scalar('u64')),
    member('cgroup_id', scalar('u64'), 'kernfs id, unique within its hierarchy'),
    member('cgroup_hierarchy', scalar('u32'), '0 is the unified hierarchy'),
    member('pid', scalar('u32'), 'thread group id'),
    member('tid', scalar('u32')),
    member('ppid', scalar('u32'), 'thread group of the real parent'),
    member('uid', scalar('u32')),
    member('gid', scalar('u32')),
    member('euid', scalar('u32')),
    member('egid', scalar('u32')),
    member('fsuid', scalar('u32')),
    member('fsgid', scalar('u32')),
    member('auid', scalar('u32')),
    member('mount_namespace', scalar('u32'), 'inode number'),
    member('network_namespace', scalar('u32'), 'inode number'),
    member('pid_namespace', scalar('u32'), 'inode number'),
    member('is_kernel_thread', scalar('u32')),
    member('comm', bytes(16), 'NUL-terminated'),
  ],
};

export const recordHeader: StructSpec = {
  name: 'record_header',
  comment: 'Start of every record.',
  members: [
    member('kind', scalar('u32'), 'enum record_kind'),
    member('length', scalar('u32'), 'bytes of the record with its variable parts'),
    member('timestamp_ns', scalar('u64'), 'CLOCK_BOOTTIME'),
    member('sequence', scalar('u64'), 'counts the records begun by one program on this CPU'),
    member('lanes', scalar('u64'), 'lanes of the operation that the kernel could not rule out'),
    member('cpu', scalar('u32')),
    member('process', struct(processFacts)),
  ],
};

export const fileFacts: StructSpec = {
  name: 'file_facts',
  comment: 'One file of an operation.',
  members: [
    member('inode', scalar('u64')),
    member('change_time_ns', scalar('s64'), 'since 1970'),
    member('modification_time_ns', scalar('s64'), 'since 1970'),
    member('device', scalar('u32'), 'major << 20 | minor'),
    member('mount_id', scalar('s32')),
    member('uid', scalar('u32')),
    member('gid', scalar('u32')),
    member('mode', scalar('u32')),
    member('link_count', scalar('u32')),
    member('path_source', scalar('u16'), 'enum path_source'),
    member('path_flags', scalar('u16'), 'enum path_flag'),
    member('path', struct(textRef), 'components, leaf first; of the base directory for `caller`'),
    member('caller_path', struct(textRef), 'the string the caller passed'),
    member('filesystem', bytes(16), 'NUL-terminated'),
  ],
};

export const openRecord: StructSpec = {
  name: 'open_record',
  comment: 'open, openat, openat2, creat, open_by_handle_at.',
  members: [
    member('header', struct(recordHeader)),
    member('file', struct(fileFacts)),
    member('retval', scalar('s64')),
    member('flags', scalar('u32')),
    member('mode', scalar('u32'), 'argument'),
    member('created', scalar('u32'), '1 when this call created the file'),
  ],
};

export const unlinkRecord: StructSpec = {
  name: 'unlink_record',
  comment: 'unlink, unlinkat.',
  members: [
    member('header', struct(recordHeader)),
    member('file', struct(fileFacts)),
    member('retval', scalar('s64')),
    member('flags', scalar('u32')),
  ],
};

export const renameRecord: StructSpec = {
  name: 'rename_record',
  comment: 'rename, renameat, renameat2.',
  members: [
    member('header', struct(recordHeader)),
    member('file', struct(fileFacts)),
    member('destination', struct(fileFacts)),
    member('retval', scalar('s64')),
    member('flags', scalar('u32')),
  ],
};

export const chmodRecord: StructSpec = {
  name: 'chmod_record',
  comment: 'chmod, fchmod, fchmodat, fchmodat2. `file.mode` is the mode before.',
  members: [
    member('header', struct(recordHeader)),
    member('file', struct(fileFacts)),
    member('retval', scalar('s64')),
    member('mode_after', scalar('u32')),
    member('mode_before_known', scalar('u32')),
  ],
};

export const execRecord: StructSpec = {
  name: 'exec_record',
  comment: 'A program started in a process.',
  members: [
    member('header', struct(recordHeader)),
    member('file', struct(fileFacts), 'the image that runs (an interpreter, for a script)'),
    member(
      'script',
      struct(fileFacts),
      'the script, as the caller named it; path_source none if not one',
    ),
    member('arguments', struct(textRef), 'NUL-terminated each'),
    member('arguments_truncated', scalar('u32')),
    member('tty', bytes(32), 'NUL-terminated'),
  ],
};

export const forkRecord: StructSpec = {
  name: 'fork_record',
  comment: 'A process was created. `header.process` is the child.',
  members: [
    member('header', struct(recordHeader)),
    member('creator_start_time_ns', scalar('u64')),
    member('creator_pid', scalar('u32'), 'who called fork; the parent unless CLONE_PARENT'),
  ],
};

export const exitRecord: StructSpec = {
  name: 'exit_record',
  comment: 'The last thread of a process ended.',
  members: [
    member('header', struct(recordHeader)),
    member('status', scalar('u32'), 'as wait(2) reports it'),
  ],
};

export const cgroupRecord: StructSpec = {
  name: 'cgroup_record',
  comment: 'The path of a control group, sent before the first record that names it.',
  members: [
    member('header', struct(recordHeader)),
    member('path', struct(textRef), 'components, leaf first'),
    member('path_flags', scalar('u32'), 'enum path_flag'),
  ],
};

export const filterOperation: StructSpec = {
  name: 'filter_operation',
  comment: 'The filter of one operation; the value of the map `filter_operations`.',
  members: [
    member('lanes', scalar('u64'), 'all lanes of the operation'),
    member('source_other_names', scalar('u64')),
    member('source_long_names', scalar('u64')),
    member('destination_other_names', scalar('u64')),
    member('destination_long_names', scalar('u64')),
    member('all_failures', scalar('u32'), '1: failed calls other than EACCES and EPERM too'),
    member('flag_bit_count', scalar('u32')),
    member('flag_bits', { kind: 'array', scalar: 'u8', length: 16 }, 'positions in the flags'),
  ],
};

export const filterNameKey: StructSpec = {
  name: 'filter_name_key',
  comment: 'Key of the map `filter_names`.',
  members: [
    member('table', scalar('u32'), 'record_kind << 1 | destination'),
    member('name', bytes(60), 'padded with NUL'),
  ],
};

/** Structs in the order in which C needs them. */
export const structs: readonly StructSpec[] = [
  textRef,
  processFacts,
  recordHeader,
  fileFacts,
  openRecord,
  unlinkRecord,
  renameRecord,
  chmodRecord,
  execRecord,
  forkRecord,
  exitRecord,
  cgroupRecord,
  filterOperation,
  filterNameKey,
];
