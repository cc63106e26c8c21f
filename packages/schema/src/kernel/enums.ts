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
} as const;

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
] as const;

export type TroubleName = (typeof troubleNames)[number];
