/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * do_fchmodat: (directory, caller's string, mode), and flags since 6.6; vfs_fchmod: (file, mode).
 * What both do is in one function more, whose name is not looked at: one call, one event.
 */
#ifndef FIMBUL_FUNCTIONS_CHMOD_H
#define FIMBUL_FUNCTIONS_CHMOD_H

#include "events/chmod.h"
#include "functions/call.h"

/* Set by user space before load: do_fchmodat takes flags. */
const volatile bool chmod_has_flags = false;

static __always_inline void chmod_by_name_begin(const struct arguments *arguments, const bool typed)
{
	struct call *call = call_begin(RECORD_CHMOD);

	if (!call)
		return;
	call->directory = arguments->value[0];
	call->string = caller_string_of_user(arguments->value[1]);
	call->mode = arguments->value[2];
	if (chmod_has_flags && arguments->value[3] & AT_EMPTY_PATH &&
	    caller_is_empty(&call->string)) {
		call->string.address = 0;
		call->position = caller_base(task_current(typed), call->directory, false, typed);
	}
}

static __always_inline void chmod_by_file_begin(const struct arguments *arguments, const bool typed)
{
	struct file *file = CAST(typed, struct file, arguments->value[0]);
	struct call *call = call_begin(RECORD_CHMOD);

	if (!call)
		return;
	call->mode = arguments->value[1];
	call->position = position_of(&file->f_path);
}

/* security_path_chmod: (path, mode). */
static __always_inline void chmod_check(const struct arguments *arguments, const bool typed)
{
	struct path *path = CAST(typed, struct path, arguments->value[0]);
	struct call *call = call_under_way(RECORD_CHMOD);

	if (!call)
		return;
	call->position = position_of(path);
	call_note_object(&call->object, CAST(typed, struct dentry, call->position.dentry), typed);
	call->is_checked = true;
}

static __always_inline bool position_stands(const struct call *call, const bool typed)
{
	struct dentry *dentry = CAST(typed, struct dentry, call->position.dentry);

	return !call->is_checked ||
	       (__u64)READ(typed, dentry, d_inode) == call->object.inode_address;
}

static __always_inline void chmod_locate(struct chmod_target *target, const struct call *call,
					 struct task_struct *task, const bool typed)
{
	if (call->is_checked) {
		target->located.object = &call->object;
		target->mode_before = call->object.facts.mode;
	}
	if (call->position.dentry && position_stands(call, typed)) {
		target->position = call->position;
		return;
	}
	target->located.base =
		caller_base(task, call->directory, caller_is_absolute(&call->string), typed);
}

static __always_inline void chmod_return(__u32 program, long retval, const bool typed)
{
	struct call *call = call_under_way(RECORD_CHMOD);
	struct task_struct *task = task_current(typed);
	const struct filter_operation *filter;
	struct chmod_target target = {};
	struct chmod_facts chmod = { .program = program, .retval = retval };

	if (!call)
		return;
	filter = filter_admit(RECORD_CHMOD, retval, task, typed);
	if (filter) {
		chmod.directory = call->directory;
		chmod.string = call->string;
		chmod.mode = call->mode;
		chmod_locate(&target, call, task, typed);
		chmod_end(&chmod, filter, &target, task, typed);
	}
	call_forget();
}

static __always_inline void chmod_by_name_return(long retval, const bool typed)
{
	chmod_return(PROGRAM_CHMOD_BY_NAME, retval, typed);
}

static __always_inline void chmod_by_file_return(long retval, const bool typed)
{
	chmod_return(PROGRAM_CHMOD_BY_FILE, retval, typed);
}

#endif
