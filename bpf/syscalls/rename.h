/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The end of a system call that renames. */
#ifndef FIMBUL_SYSCALLS_RENAME_H
#define FIMBUL_SYSCALLS_RENAME_H

#include "events/rename.h"
#include "syscalls/objects.h"

#define RENAME_EXCHANGE 2

static __always_inline bool object_holds(const struct object *directory,
					 const struct object *object, const bool typed)
{
	struct dentry *dentry = CAST(typed, struct dentry, object->dentry);

	return object->parent == directory->dentry ||
	       (__u64)READ(typed, dentry, d_parent) == directory->dentry;
}

/* The object whose dentry was moved by the call. */
static __always_inline struct object *rename_object(struct objects *objects, const bool typed)
{
	const struct object *latest;

	objects_choose_none(objects);
	for (__u32 i = 0; i < OBJECTS_PER_OPERATION_MAX; i++) {
		if (object_is_moved(&objects->list[i], typed))
			objects_choose_later(objects, i);
	}
	latest = objects_chosen(objects);
	if (!latest) {
		count_trouble(TROUBLE_OBJECT_UNMATCHED);
		return 0;
	}
	/* Another task may have moved the directory meanwhile: the file is what was in it. */
	for (__u32 i = 0; i < OBJECTS_PER_OPERATION_MAX; i++) {
		if (object_is_moved(&objects->list[i], typed) &&
		    object_holds(latest, &objects->list[i], typed))
			objects->chosen = i;
	}
	return objects_chosen(objects);
}

static __always_inline struct rename_facts
syscall_rename_facts(enum syscall syscall, long retval, const struct syscall_arguments *arguments)
{
	const __u64 *value = arguments->value;
	struct rename_facts rename = { .program = PROGRAM_SYS_EXIT, .retval = retval };

	if (syscall == SYSCALL_RENAME) {
		rename.source_directory = AT_FDCWD;
		rename.source = caller_string_of_user(value[0]);
		rename.destination_directory = AT_FDCWD;
		rename.destination = caller_string_of_user(value[1]);
	} else {
		rename.source_directory = value[0];
		rename.source = caller_string_of_user(value[1]);
		rename.destination_directory = value[2];
		rename.destination = caller_string_of_user(value[3]);
		if (syscall == SYSCALL_RENAMEAT2)
			rename.flags = value[4];
	}
	return rename;
}

static __always_inline void syscall_rename_end(enum syscall syscall, long retval,
					       const struct syscall_arguments *arguments,
					       struct objects *objects, struct task_struct *task,
					       const bool typed)
{
	struct rename_facts rename = syscall_rename_facts(syscall, retval, arguments);
	const struct filter_operation *filter = filter_admit(RECORD_RENAME, retval);
	struct located located = {};

	if (!filter)
		return;
	/* An exchange moves two dentries, and nothing tells which one the caller named first. */
	if (objects && retval == 0 && !(rename.flags & RENAME_EXCHANGE))
		located.object = rename_object(objects, typed);
	object_locate(&located, rename.source_directory, &rename.source, task, typed);
	rename_end(&rename, filter, &located, task, typed);
}

#endif
