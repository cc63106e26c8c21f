// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Backend `tracepoint`: BTF tracepoints on the end of system calls, on the scheduler and on
 * filesystems. It loads where fentry, LSM and kprobes are refused. What it cannot see, and where it
 * must take the caller's word, `fimbul doctor` tells.
 */
#include "events/chmod.h"
#include "events/exec.h"
#include "events/exit.h"
#include "events/fork.h"
#include "events/open.h"
#include "events/rename.h"
#include "events/unlink.h"
#include "lib/syscall.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* VERIFIER 6.18: each pointer read through an argument as it comes, which is a trusted pointer,
 * makes it search all types of the kernel by name; through a cast one it does not. */
#define ARGUMENT(type, index) CAST(typed, type, ctx[index])

/*
 * Two programs for a tracepoint, of which user space loads one: with typed reads, and `_probed`.
 * VERIFIER: one program with both would be twice as long, and to remove its dead half takes time
 * that grows with the square of its length: most of the agent's start.
 */
#define HOOK(tracepoint, body)              \
	SEC("tp_btf/" #tracepoint)          \
	int tracepoint(__u64 *ctx)          \
	{                                   \
		body(ctx, true);            \
		return 0;                   \
	}                                   \
	SEC("tp_btf/" #tracepoint)          \
	int tracepoint##_probed(__u64 *ctx) \
	{                                   \
		body(ctx, false);           \
		return 0;                   \
	}

static __always_inline void end_open(enum syscall syscall, long retval,
				     const struct syscall_arguments *arguments,
				     struct task_struct *task, const bool typed)
{
	const __u64 *value = arguments->value;
	struct open_facts open = { .retval = retval, .directory = AT_FDCWD };

	switch (syscall) {
	case SYSCALL_OPEN:
		open.string = (const char *)value[0];
		open.flags = value[1];
		open.mode = value[2];
		break;
	case SYSCALL_CREAT:
		open.string = (const char *)value[0];
		open.flags = O_CREAT | O_WRONLY | O_TRUNC;
		open.mode = value[1];
		break;
	case SYSCALL_OPENAT:
		open.directory = value[0];
		open.string = (const char *)value[1];
		open.flags = value[2];
		open.mode = value[3];
		break;
	case SYSCALL_OPENAT2:
		open.directory = value[0];
		open.string = (const char *)value[1];
		open_how_read(&open, (const void *)value[2]);
		break;
	default:
		open.flags = value[2];
		break;
	}
	open_end(&open, task, typed);
}

static __always_inline void end_unlink(enum syscall syscall, long retval,
				       const struct syscall_arguments *arguments,
				       struct objects *objects, struct task_struct *task,
				       const bool typed)
{
	const __u64 *value = arguments->value;
	struct unlink_facts unlink = { .retval = retval, .directory = AT_FDCWD };

	if (syscall == SYSCALL_UNLINK) {
		unlink.string = (const char *)value[0];
	} else {
		unlink.directory = value[0];
		unlink.string = (const char *)value[1];
		unlink.flags = value[2];
	}
	/* Removing a directory is another operation. */
	if (!(unlink.flags & AT_REMOVEDIR))
		unlink_end(&unlink, objects, task, typed);
}

static __always_inline void end_rename(enum syscall syscall, long retval,
				       const struct syscall_arguments *arguments,
				       struct objects *objects, struct task_struct *task,
				       const bool typed)
{
	const __u64 *value = arguments->value;
	struct rename_facts rename = { .retval = retval };

	if (syscall == SYSCALL_RENAME) {
		rename.source_directory = AT_FDCWD;
		rename.source = (const char *)value[0];
		rename.destination_directory = AT_FDCWD;
		rename.destination = (const char *)value[1];
	} else {
		rename.source_directory = value[0];
		rename.source = (const char *)value[1];
		rename.destination_directory = value[2];
		rename.destination = (const char *)value[3];
		if (syscall == SYSCALL_RENAMEAT2)
			rename.flags = value[4];
	}
	rename_end(&rename, objects, task, typed);
}

static __always_inline void end_chmod(enum syscall syscall, long retval,
				      const struct syscall_arguments *arguments,
				      struct objects *objects, struct task_struct *task,
				      const bool typed)
{
	const __u64 *value = arguments->value;
	struct chmod_facts chmod = { .retval = retval, .directory = AT_FDCWD };

	if (syscall == SYSCALL_CHMOD) {
		chmod.string = (const char *)value[0];
		chmod.mode = value[1];
	} else if (syscall == SYSCALL_FCHMOD) {
		chmod.directory = value[0];
		chmod.mode = value[1];
	} else {
		chmod.directory = value[0];
		chmod.string = (const char *)value[1];
		chmod.mode = value[2];
		if (syscall == SYSCALL_FCHMODAT2 && value[3] & AT_EMPTY_PATH &&
		    caller_is_empty(chmod.string))
			chmod.string = 0;
	}
	chmod_end(&chmod, objects, task, typed);
}

static __always_inline void syscall_ended(__u64 *ctx, const bool typed)
{
	struct pt_regs *regs = ARGUMENT(struct pt_regs, 0);
	long retval = ctx[1];
	struct task_struct *task = task_current(typed);
	enum syscall syscall = syscall_of(task, READ(typed, regs, orig_ax), typed);
	struct syscall_arguments arguments;
	struct objects *objects;

	if (syscall == SYSCALL_OTHER)
		return;
	arguments = syscall_arguments_of(task, regs, typed);
	if (syscall <= SYSCALL_OPEN_BY_HANDLE)
		return end_open(syscall, retval, &arguments, task, typed);
	objects = objects_of_call(syscall_fold(syscall, &arguments));
	if (syscall <= SYSCALL_UNLINKAT)
		end_unlink(syscall, retval, &arguments, objects, task, typed);
	else if (syscall <= SYSCALL_RENAMEAT2)
		end_rename(syscall, retval, &arguments, objects, task, typed);
	else
		end_chmod(syscall, retval, &arguments, objects, task, typed);
	objects_forget();
}

static __always_inline void process_executed(__u64 *ctx, const bool typed)
{
	exec_end(ARGUMENT(struct task_struct, 0), ARGUMENT(struct linux_binprm, 2), typed);
}

static __always_inline void process_forked(__u64 *ctx, const bool typed)
{
	fork_end(ARGUMENT(struct task_struct, 0), ARGUMENT(struct task_struct, 1), typed);
}

static __always_inline void process_exited(__u64 *ctx, const bool typed)
{
	exit_end(ARGUMENT(struct task_struct, 0), typed);
}

static __always_inline void inode_touched(__u64 *ctx, const bool typed)
{
	objects_touch(ARGUMENT(struct inode, 0), 0, typed);
}

static __always_inline void dentry_touched(__u64 *ctx, const bool typed)
{
	objects_touch_dentry(ARGUMENT(struct dentry, 1), typed);
}

HOOK(sys_exit, syscall_ended)
HOOK(sched_process_exec, process_executed)
HOOK(sched_process_fork, process_forked)
HOOK(sched_process_exit, process_exited)

/* KERNEL 6.13: multigrain timestamps; every change of ctime shows its inode, on any filesystem. */
HOOK(ctime_ns_xchg, inode_touched)
HOOK(ctime_xchg_skip, inode_touched)
HOOK(inode_set_ctime_to_ts, inode_touched)

HOOK(writeback_dirty_inode_start, inode_touched)
HOOK(ext4_mark_inode_dirty, inode_touched)
HOOK(ext4_unlink_enter, dentry_touched)
