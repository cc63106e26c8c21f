// SPDX-License-Identifier: Apache-2.0
// The kernel's own functions that the object backends hook, by what they are to us. A function may
// have several names, of which a kernel has one. Each was seen to be reached by every call of its
// operation, on 5.10, 6.1, 6.12 and 7.2: compilers inline some that look better (do_fchmodat,
// vfs_fchmod).

export const functionNames = {
  open: ['do_file_open', 'do_filp_open'],
  openByRoot: ['do_file_open_root'],
  unlink: ['filename_unlinkat', 'do_unlinkat'],
  unlinkCheck: ['security_path_unlink'],
  rename: ['filename_renameat2', 'do_renameat2'],
  renameCheck: ['security_path_rename'],
  chmod: ['chmod_common'],
  chmodCheck: ['security_path_chmod'],
  fork: ['wake_up_new_task'],
  exec: ['finalize_exec'],
  exit: ['taskstats_exit'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Parameter counts that the programs are written for; a function with another is not hooked. */
export const parameterCounts: Readonly<Record<keyof typeof functionNames, readonly number[]>> = {
  open: [3],
  openByRoot: [3, 4],
  unlink: [2],
  unlinkCheck: [2],
  rename: [5],
  renameCheck: [5],
  chmod: [2],
  chmodCheck: [2],
  fork: [1],
  exec: [1],
  exit: [2],
};

export type FunctionRole = keyof typeof functionNames;

export const functionRoles = Object.keys(functionNames) as FunctionRole[];

/** A chmod that does not find its file ends in the function of its system call. */
export const chmodSyscallFunctions: readonly string[] = [
  '__x64_sys_chmod',
  '__x64_sys_fchmodat',
  '__x64_sys_fchmodat2',
  '__ia32_sys_chmod',
  '__ia32_sys_fchmodat',
  '__ia32_sys_fchmodat2',
];
