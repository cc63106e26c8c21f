/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* do_unlinkat, filename_unlinkat since 7.0: (directory, name). */
#ifndef FIMBUL_FUNCTIONS_UNLINK_H
#define FIMBUL_FUNCTIONS_UNLINK_H

#include "events/unlink.h"
#include "functions/call.h"

static __always_inline void unlink_begin(const struct arguments *arguments, const bool typed)
{
	struct filename *name = CAST(typed, struct filename, arguments->value[1]);
	struct call *call = call_begin(RECORD_UNLINK, typed);

	if (!call)
		return;
	call->directory = arguments->value[0];
	call->string = caller_string_of_name(name, typed);
}

/* security_path_unlink: (path of the directory, dentry). */
static __always_inline void unlink_check(const struct arguments *arguments, const bool typed)
{
	struct path *directory = CAST(typed, struct path, arguments->value[0]);
	struct dentry *dentry = CAST(typed, struct dentry, arguments->value[1]);
	struct call *call = call_checked(RECORD_UNLINK, typed);

	if (!call)
		return;
	call_note_object(&call->object, dentry, typed);
	call->mount = mount_of(directory, typed);
}

static __always_inline void unlink_return(long retval, const bool typed)
{
	struct call *call = call_under_way(RECORD_UNLINK, typed);
	struct task_struct *task = task_current(typed);
	const struct filter_operation *filter;
	struct located located = {};
	struct unlink_facts unlink = { .program = PROGRAM_UNLINK, .retval = retval };

	if (!call)
		return;
	call_expect_checked(call, retval);
	filter = filter_admit(RECORD_UNLINK, retval);
	if (filter) {
		unlink.directory = call->directory;
		unlink.string = call->string;
		call_locate(&located, call, task, typed);
		unlink_end(&unlink, filter, &located, task, typed);
	}
	call_forget(call);
}

#endif
