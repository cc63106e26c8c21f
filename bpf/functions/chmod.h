/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * chmod_common: (path, mode), what every chmod comes to once its file is found. A chmod that does
 * not find it is seen by the functions of its system calls alone: (registers). The functions
 * between the two are inlined here and there (6.12: do_fchmodat; all: vfs_fchmod).
 */
#ifndef FIMBUL_FUNCTIONS_CHMOD_H
#define FIMBUL_FUNCTIONS_CHMOD_H

#include "events/chmod.h"
#include "functions/call.h"
#include "syscalls/chmod.h"

static __always_inline void chmod_begin(const struct arguments *arguments, const bool typed)
{
	struct path *path = CAST(typed, struct path, arguments->value[0]);
	struct call *call = call_under_way(RECORD_CHMOD, typed);

	/* One that has found its file already is a call whose end was missed. */
	if (!call || call->position.dentry)
		call = call_begin(RECORD_CHMOD, typed);
	if (!call)
		return;
	/* A umode_t: the upper bits of its register are not of it. */
	call->mode = (__u16)arguments->value[1];
	call->position = position_of(path, typed);
}

/* security_path_chmod: (path, mode). */
static __always_inline void chmod_check(const struct arguments *arguments, const bool typed)
{
	struct path *path = CAST(typed, struct path, arguments->value[0]);
	struct call *call = call_checked(RECORD_CHMOD, typed);
	struct position position = position_of(path, typed);

	if (!call)
		return;
	call->position = position;
	call_note_object(&call->object, CAST(typed, struct dentry, position.dentry), typed);
}

static __always_inline void chmod_send_call(const struct call *call, __u32 program, long retval,
					    const bool typed)
{
	struct task_struct *task = task_current(typed);
	const struct filter_operation *filter = filter_admit(RECORD_CHMOD, retval);
	struct chmod_target target = {};
	struct chmod_facts chmod = { .program = program, .retval = retval };

	if (!filter)
		return;
	chmod.mode = call->mode;
	chmod.directory = call->directory;
	chmod.string = call->string;
	target.position = call->position;
	if (call->is_checked) {
		target.located.object = &call->object;
		target.mode_before = call->object.facts.mode;
	}
	if (!call->position.dentry && call->string.address)
		target.located.base = caller_base(task, call->directory,
						  caller_is_absolute(&call->string), typed);
	chmod_end(&chmod, filter, &target, task, typed);
}

/* The file is still held: its path is what the event tells. */
static __always_inline void chmod_return(long retval, const bool typed)
{
	struct call *call = call_under_way(RECORD_CHMOD, typed);

	if (!call || !call->position.dentry)
		return;
	call_expect_checked(call, retval);
	chmod_send_call(call, PROGRAM_CHMOD, retval, typed);
	call_forget(call);
}

static __always_inline void chmod_syscall_begin(const struct arguments *arguments, const bool typed)
{
	struct pt_regs *regs = CAST(typed, struct pt_regs, arguments->value[0]);
	struct task_struct *task = task_current(typed);
	enum syscall syscall = syscall_of(task, READ(typed, regs, orig_ax), typed);
	struct syscall_arguments values = syscall_arguments_of(task, regs, typed);
	struct chmod_facts chmod;
	struct call *call;

	/* What is executed in place of another call (by ptrace) has that one's number. */
	if (syscall < SYSCALL_CHMOD || syscall == SYSCALL_FCHMOD)
		return;
	call = call_begin(RECORD_CHMOD, typed);
	if (!call)
		return;
	chmod = syscall_chmod_facts(syscall, 0, &values);
	call->directory = chmod.directory;
	call->string = chmod.string;
	call->mode = chmod.mode;
}

/* What is still there now has not found its file. */
static __always_inline void chmod_syscall_return(long retval, const bool typed)
{
	struct call *call = call_under_way(RECORD_CHMOD, typed);

	if (!call || call->position.dentry)
		return;
	if (!call->string.address)
		call->position = caller_base(task_current(typed), call->directory, false, typed);
	chmod_send_call(call, PROGRAM_CHMOD_SYSCALL, retval, typed);
	call_forget(call);
}

#endif
