/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The end of a system call that removes a name. */
#ifndef FIMBUL_SYSCALLS_UNLINK_H
#define FIMBUL_SYSCALLS_UNLINK_H

#include "events/unlink.h"
#include "syscalls/objects.h"

/* The object whose dentry lost its inode or its place during the call. */
static __always_inline struct object *unlink_object(struct objects *objects, const bool typed)
{
	objects_choose_none(objects);
	for (__u32 i = 0; i < OBJECTS_PER_OPERATION_MAX; i++) {
		if (object_is_unlinked(&objects->list[i], typed))
			objects_choose_later(objects, i);
	}
	if (!objects->chosen_touched)
		count_trouble(TROUBLE_OBJECT_UNMATCHED);
	return objects_chosen(objects);
}

static __always_inline struct unlink_facts
syscall_unlink_facts(enum syscall syscall, long retval, const struct syscall_arguments *arguments)
{
	const __u64 *value = arguments->value;
	struct unlink_facts unlink = {
		.program = PROGRAM_SYS_EXIT,
		.retval = retval,
		.directory = AT_FDCWD,
	};

	if (syscall == SYSCALL_UNLINK) {
		unlink.string = caller_string_of_user(value[0]);
	} else {
		unlink.directory = value[0];
		unlink.string = caller_string_of_user(value[1]);
		unlink.flags = value[2];
	}
	return unlink;
}

static __always_inline void syscall_unlink_end(enum syscall syscall, long retval,
					       const struct syscall_arguments *arguments,
					       struct objects *objects, struct task_struct *task,
					       const bool typed)
{
	struct unlink_facts unlink = syscall_unlink_facts(syscall, retval, arguments);
	const struct filter_operation *filter;
	struct located located = {};

	/* Removing a directory is another operation. */
	if (unlink.flags & AT_REMOVEDIR)
		return;
	filter = filter_admit(RECORD_UNLINK, retval);
	if (!filter)
		return;
	if (objects && retval == 0)
		located.object = unlink_object(objects, typed);
	object_locate(&located, unlink.directory, &unlink.string, task, typed);
	unlink_end(&unlink, filter, &located, task, typed);
}

#endif
