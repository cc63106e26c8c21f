// SPDX-License-Identifier: Apache-2.0
// The programs of the tracepoint backend: what each attaches to and what is lost without it. One
// table; the plan, the loader and `fimbul doctor` read it.

import type { FileOperation, Operation } from '@fimbul/schema';

export type Hook = {
  /** The tracepoint. */
  readonly tracepoint: string;
  /** Operations that the hook serves. */
  readonly operations: readonly (Operation | 'fork')[];
};

/** Without one of these the backend does not work. */
export const requiredHooks: readonly Hook[] = [
  { tracepoint: 'sched_process_fork', operations: ['fork'] },
  { tracepoint: 'sched_process_exec', operations: ['exec'] },
  { tracepoint: 'sched_process_exit', operations: ['exit'] },
  { tracepoint: 'sys_exit', operations: ['open', 'unlink', 'rename', 'chmod'] },
];

/** These show the kernel objects of calls that only have strings. */
export const optionalHooks: readonly Hook[] = [
  { tracepoint: 'ctime_ns_xchg', operations: ['unlink', 'rename', 'chmod'] },
  { tracepoint: 'ctime_xchg_skip', operations: ['unlink', 'rename', 'chmod'] },
  { tracepoint: 'inode_set_ctime_to_ts', operations: ['unlink', 'rename', 'chmod'] },
  { tracepoint: 'writeback_dirty_inode_start', operations: ['chmod'] },
  { tracepoint: 'ext4_mark_inode_dirty', operations: ['rename'] },
  { tracepoint: 'ext4_unlink_enter', operations: ['unlink'] },
];

/** Multigrain timestamps (Linux 6.13) show objects on every filesystem that has them. */
export const timestampHooks: readonly string[] = [
  'ctime_ns_xchg',
  'ctime_xchg_skip',
  'inode_set_ctime_to_ts',
];

/**
 * Hooks of one filesystem that the timestamp hooks make superfluous: they would cost and show
 * nothing more.
 */
export const replacedByTimestamps: readonly string[] = ['ext4_mark_inode_dirty'];

/** Where an operation's kernel objects come from, for people. */
export const objectSources: Readonly<Record<FileOperation, readonly string[]>> = {
  open: [],
  unlink: [...timestampHooks, 'ext4_unlink_enter'],
  rename: [...timestampHooks, 'ext4_mark_inode_dirty'],
  chmod: [...timestampHooks, 'writeback_dirty_inode_start'],
};
