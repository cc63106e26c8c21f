/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* chmod: the rights of a file were set, or an attempt was refused. */
#ifndef FIMBUL_EVENTS_CHMOD_H
#define FIMBUL_EVENTS_CHMOD_H

#include "lib/caller_path.h"
#include "lib/cgroup_announce.h"
#include "lib/filter.h"
#include "lib/objects.h"

struct chmod_facts {
	long retval;
	__u32 mode;
	int directory; /* the file itself when there is no string */
	const char *string;
};

/* The file of a chmod, as far as the kernel showed it. */
struct chmod_target {
	struct located located;
	struct position position; /* a zero dentry when only the caller's string is known */
};

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
			target->position = position_of(&fs->pwd);
		return fs;
	}
	address = (__u64)file_of_descriptor(task, descriptor, typed);
	file = CAST(typed, struct file, address);
	if (!address || (object && (__u64)READ(typed, file, f_inode) != object->inode_address)) {
		count_trouble(TROUBLE_DESCRIPTOR_GONE);
		return false;
	}
	target->position = position_of(&file->f_path);
	return true;
}

static __always_inline void chmod_find_target(struct chmod_target *target,
					      const struct chmod_facts *chmod,
					      struct objects *objects, struct task_struct *task,
					      const bool typed)
{
	struct located *located = &target->located;

	if (objects && chmod->retval == 0)
		located->object = chmod_object(objects);
	if (chmod->string)
		object_locate(located, chmod->directory, chmod->string, task, typed);
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

static __always_inline void chmod_send(const struct chmod_facts *chmod, __u64 lanes,
				       const struct chmod_target *target, struct objects *objects,
				       struct task_struct *task, const bool typed)
{
	struct scratch *scratch = scratch_of(PROGRAM_SYS_EXIT);
	struct chmod_record *record;

	if (!scratch)
		return count(RECORD_CHMOD, COUNTER_LOST_NO_SCRATCH);
	cgroup_announce(PROGRAM_SYS_EXIT);
	record = record_begin(scratch, struct chmod_record);
	record_header_fill(&record->header, RECORD_CHMOD, scratch);
	record->header.lanes = lanes;
	process_fill(&record->header.process, task, typed);
	record->retval = chmod->retval;
	record->mode_after = chmod->mode;
	if (target->located.object)
		record->file = target->located.object->facts;
	if (target->position.dentry)
		file_resolve(scratch, PROGRAM_SYS_EXIT, &record->file, &target->position, typed);
	else if (chmod->string)
		caller_path_resolve(scratch, PROGRAM_SYS_EXIT, &record->file, &target->located.base,
				    chmod->string);
	if (record->file.path_flags & PATH_INODE_KNOWN && chmod->retval == 0)
		record->mode_after = record->file.mode;
	if (chmod->retval != 0 && record->file.path_flags & PATH_INODE_KNOWN)
		record->mode_before_known = 1;
	if (objects && objects->mode_before && chmod->retval == 0 &&
	    (!target->located.object ||
	     target->located.object->inode_address == objects->mode_before_inode)) {
		record->file.mode = objects->mode_before;
		record->mode_before_known = 1;
	}
	record_send(scratch, RECORD_CHMOD);
}

static __always_inline void chmod_end(const struct chmod_facts *chmod, struct objects *objects,
				      struct task_struct *task, const bool typed)
{
	const struct filter_operation *filter =
		filter_admit(RECORD_CHMOD, chmod->retval, task, typed);
	struct chmod_target target = {};
	__u64 lanes;

	if (!filter)
		return;
	lanes = filter->lanes;
	if (lanes)
		chmod_find_target(&target, chmod, objects, task, typed);
	if (target.position.dentry)
		lanes &= filter_by_position(filter, RECORD_CHMOD, FILTER_SOURCE, target.position,
					    typed);
	if (!lanes)
		return count(RECORD_CHMOD, COUNTER_APPROVER_DROPPED);
	chmod_send(chmod, lanes, &target, objects, task, typed);
}

#endif
