/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* do_renameat2, filename_renameat2 since 7.0: (directory, name, directory, name, flags). */
#ifndef FIMBUL_FUNCTIONS_RENAME_H
#define FIMBUL_FUNCTIONS_RENAME_H

#include "events/rename.h"
#include "functions/call.h"

static __always_inline void rename_begin(const struct arguments *arguments, const bool typed)
{
	struct filename *source = CAST(typed, struct filename, arguments->value[1]);
	struct filename *destination = CAST(typed, struct filename, arguments->value[3]);
	struct call *call = call_begin(RECORD_RENAME, typed);

	if (!call)
		return;
	call->directory = arguments->value[0];
	call->string = caller_string_of_name(source, typed);
	call->destination_directory = arguments->value[2];
	call->destination_string = caller_string_of_name(destination, typed);
	call->flags = arguments->value[4];
}

/* security_path_rename: (path of a directory, dentry, path of a directory, dentry, flags). */
static __always_inline void rename_check(const struct arguments *arguments, const bool typed)
{
	struct path *source = CAST(typed, struct path, arguments->value[0]);
	struct path *destination = CAST(typed, struct path, arguments->value[2]);
	struct call *call = call_checked(RECORD_RENAME, typed);

	/* KERNEL 5.10 to 5.18: of an exchange, security modules are asked for both directions, and
	 * for the one that the caller means last. */
	if (!call)
		return;
	call_note_object(&call->object, CAST(typed, struct dentry, arguments->value[1]), typed);
	object_place(&call->destination, arguments->value[3], typed);
	/* The file that comes to stand there. */
	call->destination.facts = call->object.facts;
	call->mount = mount_of(source, typed);
	call->destination_mount = mount_of(destination, typed);
}

static __always_inline void rename_locate(struct located *located, const struct call *call,
					  struct task_struct *task, const bool typed)
{
	call_locate(located, call, task, typed);
	if (!located->mount)
		return;
	located->destination = &call->destination;
	located->destination_mount = call->destination_mount;
}

static __always_inline void rename_return(long retval, const bool typed)
{
	struct call *call = call_under_way(RECORD_RENAME, typed);
	struct task_struct *task = task_current(typed);
	const struct filter_operation *filter;
	struct located located = {};
	struct rename_facts rename = { .program = PROGRAM_RENAME, .retval = retval };

	if (!call)
		return;
	call_expect_checked(call, retval);
	filter = filter_admit(RECORD_RENAME, retval);
	if (filter) {
		rename.source_directory = call->directory;
		rename.source = call->string;
		rename.destination_directory = call->destination_directory;
		rename.destination = call->destination_string;
		rename.flags = call->flags;
		rename_locate(&located, call, task, typed);
		rename_end(&rename, filter, &located, task, typed);
	}
	call_forget(call);
}

#endif
