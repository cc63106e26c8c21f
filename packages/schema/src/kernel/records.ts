// SPDX-License-Identifier: Apache-2.0
// The records that cross from the kernel to the agent. A record is a fixed part, described here,
// followed by its variable parts; a text_ref says where one stands. Paths stand leaf first:
// `passwd/etc` is /etc/passwd, because the kernel walks from the leaf and user space has more time.

import { filterValues } from '../event/filter-values.ts';
import type { MemberSpec, MemberType, ScalarType, StructSpec } from './layout.ts';
import { kernelLimits } from './limits.ts';

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
    member('generation', scalar('u32'), 'of the rule set whose lanes these are; 0 for no lanes'),
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
  comment: 'The filter of one operation in one bank; the value of the map `filter_operations`.',
  members: [
    member('lanes', scalar('u64'), 'all lanes of the operation'),
    member('source_other_names', scalar('u64')),
    member('source_long_names', scalar('u64')),
    member('destination_other_names', scalar('u64')),
    member('destination_long_names', scalar('u64')),
    member('any_source_path', scalar('u64'), 'lanes that no path of the source rules out'),
    member('any_destination_path', scalar('u64')),
    member('any_process', scalar('u64'), 'lanes that no program and no ancestor rules out'),
    member('without_flags', scalar('u64'), 'lanes left where none of `flags` is set'),
    member('all_failures', scalar('u32'), '1: failed calls other than EACCES and EPERM too'),
    member('generation', scalar('u32'), 'of the rule set'),
    member(
      'name_table',
      scalar('u32'),
      'of the names of the source; the next is of the destination',
    ),
    member('path_start', scalar('u32'), 'state where paths begin'),
    member('source_row', scalar('u32'), 'in the classes of paths'),
    member('destination_row', scalar('u32')),
    member('program_row', scalar('u32'), 'in the classes of programs'),
    member('flags', scalar('u32'), 'bits that the tables of flags look at'),
    member('values', scalar('u32'), 'bit n: the value n of enum filter_value has tables'),
    member(
      'value_tables',
      { kind: 'array', scalar: 'u16', length: filterValues.length },
      'by enum filter_value: the first table',
    ),
  ],
};

export const filterValueTable: StructSpec = {
  name: 'filter_value_table',
  comment: 'How a table tells values apart; an entry of the map `filter_value_tables`.',
  members: [
    member('first_mask', scalar('u32'), 'in the map `filter_value_masks`'),
    member('is_bits', scalar('u16'), '1: positions of bits, 0: last numbers of classes'),
    member('has_next', scalar('u16'), '1: the next table is about the same value'),
    member('operands', { kind: 'array', scalar: 'u32', length: 16 }, 'padded with what never is'),
  ],
};

export const filterNameKey: StructSpec = {
  name: 'filter_name_key',
  comment: 'Key of the map `filter_names`.',
  members: [
    member('table', scalar('u32'), '(bank * RECORD_COUNT + record_kind) << 1 | destination'),
    member('name', bytes(60), 'padded with NUL'),
  ],
};

export const filterNameBloom: StructSpec = {
  name: 'filter_name_bloom',
  comment:
    'A Bloom filter of the names of a table, by length and first 8 bytes; an entry of the map ' +
    '`filter_name_blooms`.',
  members: [
    member('words', {
      kind: 'array',
      scalar: 'u64',
      length: kernelLimits.FILTER_NAME_BLOOM_BITS / 64,
    }),
  ],
};

export const filterPathState: StructSpec = {
  name: 'filter_path_state',
  comment: 'A state of the path automaton. Targets of `inner` are states, of `final` classes.',
  members: [
    member('inner_other', scalar('u32'), 'for names that have no edge of their own'),
    member('inner_long', scalar('u32'), 'for names that are longer than FILTER_NAME_BYTES_MAX'),
    member('final_other', scalar('u32'), 'the same for the last component of a path'),
    member('final_long', scalar('u32')),
    member('alive', scalar('u32'), 'class of the lanes that some path from here does not rule out'),
    member('edges', scalar('u32'), 'enum path_edges of `inner`, and of `final` << PATH_EDGES_BITS'),
  ],
};

export const filterPathEdgeKey: StructSpec = {
  name: 'filter_path_edge_key',
  comment: 'Key of the map `filter_path_edges`.',
  members: [
    member('from', scalar('u32'), 'state << 2 | pair << 1 | final'),
    member('name', bytes(60), 'padded with NUL; of a pair the numbers of its prefix and suffix'),
  ],
};

export const filterPathAffixKey: StructSpec = {
  name: 'filter_path_affix_key',
  comment: 'Key of the map `filter_path_affixes`.',
  members: [
    member('bits', scalar('u32'), 'of `from` and the name'),
    member('from', scalar('u32'), 'state << 2 | suffix << 1 | final'),
    member('name', bytes(64), 'start of a name; for suffixes, of a name spelled backwards'),
  ],
};

export const filterPrograms: StructSpec = {
  name: 'filter_programs',
  comment: 'What is asked of programs, in one bank; the value of the map `filter_programs`.',
  members: [
    member('generation', scalar('u32'), 'of the rule set'),
    member('is_asked', scalar('u32'), '1: some rule asks; the rest has no meaning otherwise'),
    member('path_start', scalar('u32'), 'state where paths of programs begin'),
    member('every_row', scalar('u32'), 'in the classes: a bit in each'),
    member('atom_row', scalar('u32'), 'in the classes: atoms that may hold'),
    member('no_atom_row', scalar('u32'), 'in the classes: atoms that may not hold'),
  ],
};

export const filterProcess: StructSpec = {
  name: 'filter_process',
  comment: 'What rules ask of a process; the value of the maps of processes.',
  members: [
    member('start_time_ns', scalar('u64'), 'of the key, for readers while entries are replaced'),
    member('pid', scalar('u64'), 'of the key'),
    member('image', scalar('u64'), 'time of the exec; 0: before the probe. Copies share it'),
    member('generation', scalar('u32'), 'of the rule set that the rest belongs to; 0 for none'),
    member('program_class', scalar('u32'), 'of the path of what runs; ~0 is unknown'),
    member('lineage_may', scalar('u32'), 'atoms that may hold of an ancestor'),
    member('lineage_must', scalar('u32'), 'atoms that hold of one for certain'),
    member('ancestors', scalar('u16'), 'how many; ~0 when some are left out or not known'),
    member('earlier_images', scalar('u16'), 'how many of them are of this process'),
    member('is_exec', scalar('u32'), '0: a copy of its creator, which runs what that one ran'),
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
  filterValueTable,
  filterNameKey,
  filterNameBloom,
  filterPathState,
  filterPathEdgeKey,
  filterPathAffixKey,
  filterPrograms,
  filterProcess,
];
