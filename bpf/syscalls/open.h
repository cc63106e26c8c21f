/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The end of a system call that opens: what was opened stands behind the descriptor it returned. */
#ifndef FIMBUL_SYSCALLS_OPEN_H
#define FIMBUL_SYSCALLS_OPEN_H

#include "events/open.h"
#include "syscalls/syscall.h"

/* openat2 passes its flags in memory; struct open_how starts with flags and mode. */
static __always_inline void open_how_read(struct open_facts *open, const void *address)
{
	__u64 how[2] = {};

	if (bpf_probe_read_user(how, sizeof(how), address))
		count_trouble(TROUBLE_USER_STRING_UNREADABLE);
	open->flags_from_memory = true;
	open->flags = how[0];
	open->mode = how[1];
}

/* Another thread may have closed what was opened, and put another file in its place. */
static __always_inline bool open_is_replaced(const struct open_facts *open, struct file *file,
					     const bool typed)
{
	if (open->flags_from_memory || open->flags & O_PATH)
		return false;
	return (READ(typed, file, f_flags) ^ open->flags) & O_ACCMODE;
}

static __always_inline struct file *open_file(const struct open_facts *open,
					      struct task_struct *task, const bool typed)
{
	__u64 address;
	struct file *file;

	if (open->retval < 0)
		return 0;
	address = (__u64)file_of_descriptor(task, open->retval, typed);
	file = CAST(typed, struct file, address);
	if (address && !open_is_replaced(open, file, typed))
		return file;
	count_trouble(TROUBLE_DESCRIPTOR_GONE);
	return 0;
}

static __always_inline struct open_facts
syscall_open_facts(enum syscall syscall, long retval, const struct syscall_arguments *arguments)
{
	const __u64 *value = arguments->value;
	struct open_facts open = {
		.program = PROGRAM_SYS_EXIT,
		.retval = retval,
		.directory = AT_FDCWD,
	};

	switch (syscall) {
	case SYSCALL_OPEN:
		open.string = caller_string_of_user(value[0]);
		open.flags = value[1];
		open.mode = value[2];
		break;
	case SYSCALL_CREAT:
		open.string = caller_string_of_user(value[0]);
		open.flags = O_CREAT | O_WRONLY | O_TRUNC;
		open.mode = value[1];
		break;
	case SYSCALL_OPENAT:
		open.directory = value[0];
		open.string = caller_string_of_user(value[1]);
		open.flags = value[2];
		open.mode = value[3];
		break;
	case SYSCALL_OPENAT2:
		open.directory = value[0];
		open.string = caller_string_of_user(value[1]);
		open_how_read(&open, (const void *)value[2]);
		break;
	default:
		open.flags = value[2];
		break;
	}
	return open;
}

static __always_inline void syscall_open_end(enum syscall syscall, long retval,
					     const struct syscall_arguments *arguments,
					     struct task_struct *task, const bool typed)
{
	struct open_facts open = syscall_open_facts(syscall, retval, arguments);
	struct open_filter filter = open_admit(&open);
	struct open_target target = {};
	__u64 lanes;

	if (!filter.lanes)
		return;
	target.file = open_file(&open, task, typed);
	lanes = open_decide(&open, &filter, &target, typed);
	if (lanes)
		open_send(&open, &target, verdict_of(filter.operation, lanes), task, typed);
}

#endif
