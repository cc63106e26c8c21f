// SPDX-License-Identifier: Apache-2.0
// Numbers that kernel and user space share. Entries are only ever appended.

/** What a record tells. File operations and process events first, then the agent's own upkeep. */
export const recordKinds = [
  'open',
  'unlink',
  'rename',
  'chmod',
  'exec',
  'exit',
  'fork',
  'cgroup',
] as const;

export type RecordKind = (typeof recordKinds)[number];

/** Where a file's path in a record comes from. */
export const pathSources = ['none', 'kernel', 'caller'] as const;

export type PathSource = (typeof pathSources)[number];

/** Bits of `file_facts.path_flags`. */
export const pathFlags = {
  /** Longer or deeper than the record holds; the components nearest to the file are kept. */
  TRUNCATED: 1,
  /** The walk met a root that is not attached to the mount namespace of the process. */
  DISCONNECTED: 2,
  /** The caller's string could not be read. */
  UNREADABLE: 4,
  /** The name was already removed from its directory, or never had one. */
  UNLINKED: 8,
  /** The facts beside the path (inode, owner, mode …) were read from the kernel's inode. */
  INODE_KNOWN: 16,
  /** The caller's string is relative to a directory that could not be found. */
  BASE_UNKNOWN: 32,
  /** A file of an overlay that is not the one of its image. */
  UPPER_LAYER: 64,
  /** Whether it is, was not to be found out; only where /proc was read. */
  LAYER_UNKNOWN: 128,
} as const;

/** What is known of a control group that was announced, once user space has seen its path. */
export const cgroupKinds = ['none', 'announced', 'plain', 'of_container'] as const;

export type CgroupKind = (typeof cgroupKinds)[number];

/**
 * Counters of one record kind; each ends one way of being seen, so that
 * seen = the sum of the others, exactly, once the host is quiet.
 */
export const counterNames = [
  'seen',
  'approver_dropped',
  'discarder_dropped',
  'ignored_agent',
  'ignored_failed',
  'ignored_not_file',
  'sent',
  'lost_ring_full',
  'lost_no_scratch',
  'lost_call_table_full',
  'lost_end_missed',
] as const;

export type CounterName = (typeof counterNames)[number];

/** Counters of trouble inside a program that degrades an event without losing it. */
export const troubleNames = [
  'user_string_unreadable',
  'path_truncated',
  'path_disconnected',
  'descriptor_gone',
  'object_table_full',
  'object_unmatched',
  'cgroup_table_full',
  'arguments_unreadable',
  'kernel_read_failed',
  'check_missed',
  'filter_path_changed',
  'process_table_full',
] as const;

export type TroubleName = (typeof troubleNames)[number];

/** Bits of `filter_path_state.edges`: what a state has besides its targets for all other names. */
export const pathEdges = {
  EXACT: 1,
  PREFIXES: 2,
  SUFFIXES: 4,
} as const;

/** Bits of `pathEdges`; those of the last component stand above those of the others. */
export const pathEdgesBits = 3;
