/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Backend `tracepoint`: BTF tracepoints on the end of system calls, on the scheduler and on
 * filesystems. It loads where fentry, LSM and kprobes are refused. What it cannot see, and where it
 * must take the caller's word, `fimbul doctor` tells.
 */
#ifndef FIMBUL_HOOKS_TRACEPOINT_H
#define FIMBUL_HOOKS_TRACEPOINT_H

#include "events/exec.h"
#include "events/exit.h"
#include "events/fork.h"
#include "hooks/program.h"
#include "hooks/task_end.h"
#include "syscalls/chmod.h"
#include "syscalls/open.h"
#include "syscalls/rename.h"
#include "syscalls/unlink.h"

#define TRACEPOINT(name, body) HOOK("tp_btf/" #name, name, __u64, body)

/* Set by user space before load: bit `kind` of operations that other hooks serve. */
const volatile __u32 syscalls_left_out = 0;

static __always_inline bool syscall_is_left_out(enum record_kind kind)
{
	return syscalls_left_out & 1 << kind;
}

static __always_inline void syscall_ended(__u64 *ctx, const bool typed)
{
	struct pt_regs *regs = ARGUMENT(struct pt_regs, ctx[0]);
	long retval = ctx[1];
	/* Through the argument as it comes, a plain load. */
	__u64 number = ((struct pt_regs *)ctx[0])->orig_ax;
	struct syscall_arguments arguments;
	struct task_struct *task;
	struct objects *objects;
	enum syscall syscall;

	if (!syscall_may_concern(number))
		return;
	task = task_current(typed);
	syscall = syscall_of(task, number, typed);
	if (syscall == SYSCALL_OTHER)
		return;
	arguments = syscall_arguments_of(task, regs, typed);
	if (syscall <= SYSCALL_OPEN_BY_HANDLE) {
		if (!syscall_is_left_out(RECORD_OPEN))
			syscall_open_end(syscall, retval, &arguments, task, typed);
		return;
	}
	objects = objects_of_call(syscall_fold(syscall, &arguments));
	if (syscall <= SYSCALL_UNLINKAT) {
		if (!syscall_is_left_out(RECORD_UNLINK))
			syscall_unlink_end(syscall, retval, &arguments, objects, task, typed);
	} else if (syscall <= SYSCALL_RENAMEAT2) {
		if (!syscall_is_left_out(RECORD_RENAME))
			syscall_rename_end(syscall, retval, &arguments, objects, task, typed);
	} else if (!syscall_is_left_out(RECORD_CHMOD)) {
		syscall_chmod_end(syscall, retval, &arguments, objects, task, typed);
	}
	objects_forget();
}

static __always_inline void process_executed(__u64 *ctx, const bool typed)
{
	exec_end(ARGUMENT(struct task_struct, ctx[0]), ARGUMENT(struct linux_binprm, ctx[2]),
		 typed);
}

static __always_inline void process_forked(__u64 *ctx, const bool typed)
{
	fork_end(ARGUMENT(struct task_struct, ctx[0]), ARGUMENT(struct task_struct, ctx[1]), typed);
}

static __always_inline void process_exited(__u64 *ctx, const bool typed)
{
	struct task_struct *task = ARGUMENT(struct task_struct, ctx[0]);

	if (exit_is_last(task, typed))
		exit_end(task, typed);
	task_forget();
}

static __always_inline void inode_touched(__u64 *ctx, const bool typed)
{
	objects_touch(ARGUMENT(struct inode, ctx[0]), 0, typed);
}

static __always_inline void dentry_touched(__u64 *ctx, const bool typed)
{
	objects_touch_dentry(ARGUMENT(struct dentry, ctx[1]), typed);
}

TRACEPOINT(sys_exit, syscall_ended)
TRACEPOINT(sched_process_exec, process_executed)
TRACEPOINT(sched_process_fork, process_forked)
TRACEPOINT(sched_process_exit, process_exited)

/* KERNEL 6.13: multigrain timestamps; every change of ctime shows its inode, on any filesystem. */
TRACEPOINT(ctime_ns_xchg, inode_touched)
TRACEPOINT(ctime_xchg_skip, inode_touched)
TRACEPOINT(inode_set_ctime_to_ts, inode_touched)

TRACEPOINT(writeback_dirty_inode_start, inode_touched)
TRACEPOINT(ext4_mark_inode_dirty, inode_touched)
TRACEPOINT(ext4_unlink_enter, dentry_touched)

#endif
