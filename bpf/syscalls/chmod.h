/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The end of a system call that sets rights. */
#ifndef FIMBUL_SYSCALLS_CHMOD_H
#define FIMBUL_SYSCALLS_CHMOD_H

#include "events/chmod.h"
#include "syscalls/objects.h"

/* On the way to the file, directories may be read from disk and so touched; the file is last. */
static __always_inline const struct object *chmod_object(struct objects *objects)
{
	objects_choose_none(objects);
	for (__u32 i = 0; i < OBJECTS_PER_OPERATION_MAX; i++)
		objects_choose_later(objects, i);
	return objects_chosen(objects);
}

/* The file behind the descriptor of a call that has no string, if it is the one that was touched:
 * another thread may have put another file in its place. */
static __always_inline bool chmod_find_descriptor(struct chmod_target *target, int descriptor,
						  struct task_struct *task, const bool typed)
{
	const struct object *object = target->located.object;
	struct fs_struct *fs = READ(typed, task, fs);
	struct file *file;
	__u64 address;

	if (descriptor == AT_FDCWD) {
		if (fs)
			target->position = position_of(&fs->pwd, typed);
		return fs;
	}
	address = (__u64)file_of_descriptor(task, descriptor, typed);
	file = CAST(typed, struct file, address);
	if (!address || (object && (__u64)READ(typed, file, f_inode) != object->inode_address)) {
		count_trouble(TROUBLE_DESCRIPTOR_GONE);
		return false;
	}
	target->position = position_of(&file->f_path, typed);
	return true;
}

static __always_inline void chmod_find_position(struct chmod_target *target,
						const struct chmod_facts *chmod,
						struct task_struct *task, const bool typed)
{
	struct located *located = &target->located;

	if (chmod->string.address)
		object_locate(located, chmod->directory, &chmod->string, task, typed);
	else if (chmod_find_descriptor(target, chmod->directory, task, typed))
		return;
	else if (located->object && located->object->dentry)
		located->mount =
			object_mount(located->object->parent, &located->base, 0, task, typed);
	if (located->mount) {
		target->position.dentry = located->object->dentry;
		target->position.mount = located->mount;
	}
}

static __always_inline void chmod_find_target(struct chmod_target *target,
					      const struct chmod_facts *chmod,
					      struct objects *objects, struct task_struct *task,
					      const bool typed)
{
	const struct object *object;

	if (objects && chmod->retval == 0)
		target->located.object = chmod_object(objects);
	chmod_find_position(target, chmod, task, typed);
	object = target->located.object;
	if (objects && (!object || object->inode_address == objects->mode_before_inode))
		target->mode_before = objects->mode_before;
}

static __always_inline struct chmod_facts
syscall_chmod_facts(enum syscall syscall, long retval, const struct syscall_arguments *arguments)
{
	const __u64 *value = arguments->value;
	struct chmod_facts chmod = {
		.program = PROGRAM_SYS_EXIT,
		.retval = retval,
		.directory = AT_FDCWD,
	};

	if (syscall == SYSCALL_CHMOD) {
		chmod.string = caller_string_of_user(value[0]);
		chmod.mode = value[1];
	} else if (syscall == SYSCALL_FCHMOD) {
		chmod.directory = value[0];
		chmod.mode = value[1];
	} else {
		chmod.directory = value[0];
		chmod.string = caller_string_of_user(value[1]);
		chmod.mode = value[2];
		if (syscall == SYSCALL_FCHMODAT2 && value[3] & AT_EMPTY_PATH &&
		    caller_is_empty(&chmod.string))
			chmod.string.address = 0;
	}
	return chmod;
}

static __always_inline void syscall_chmod_end(enum syscall syscall, long retval,
					      const struct syscall_arguments *arguments,
					      struct objects *objects, struct task_struct *task,
					      const bool typed)
{
	struct chmod_facts chmod = syscall_chmod_facts(syscall, retval, arguments);
	const struct filter_operation *filter = filter_admit(RECORD_CHMOD, retval);
	struct chmod_target target = {};

	if (!filter)
		return;
	chmod_find_target(&target, &chmod, objects, task, typed);
	chmod_end(&chmod, filter, &target, task, typed);
}

#endif
