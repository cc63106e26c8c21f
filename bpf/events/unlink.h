/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* unlink: a name of a file was removed, or an attempt was refused. */
#ifndef FIMBUL_EVENTS_UNLINK_H
#define FIMBUL_EVENTS_UNLINK_H

#include "lib/caller_path.h"
#include "lib/cgroup_announce.h"
#include "lib/filter.h"
#include "lib/objects.h"

struct unlink_facts {
	long retval;
	__u32 flags;
	int directory;
	const char *string;
};

/* The object whose dentry lost its inode or its place during the call. */
static __always_inline struct object *unlink_object(struct objects *objects, const bool typed)
{
	struct object *latest = 0;
	__u32 touched = 0;

	for (__u32 i = 0; i < OBJECTS_PER_OPERATION_MAX; i++) {
		struct object *object = &objects->list[i];

		if (object->touched > touched && object_is_unlinked(object, typed)) {
			latest = object;
			touched = object->touched;
		}
	}
	if (!latest)
		count_trouble(TROUBLE_OBJECT_UNMATCHED);
	return latest;
}

static __always_inline void unlink_file_resolve(struct scratch *scratch, struct file_facts *facts,
						const struct unlink_facts *unlink,
						const struct object *object,
						struct task_struct *task, const bool typed)
{
	struct position base =
		caller_base(task, unlink->directory, caller_is_absolute(unlink->string), typed);
	__u64 mount = object ? object_mount(object->parent, &base, task, typed) : 0;

	if (mount) {
		object_resolve_before(scratch, PROGRAM_SYS_EXIT, facts, object, mount);
		return;
	}
	if (object)
		*facts = object->facts;
	caller_path_resolve(scratch, PROGRAM_SYS_EXIT, facts, &base, unlink->string);
}

static __always_inline void unlink_send(const struct unlink_facts *unlink, __u64 lanes,
					const struct object *object, struct task_struct *task,
					const bool typed)
{
	struct scratch *scratch = scratch_of(PROGRAM_SYS_EXIT);
	struct unlink_record *record;

	if (!scratch)
		return count(RECORD_UNLINK, COUNTER_LOST_NO_SCRATCH);
	cgroup_announce(PROGRAM_SYS_EXIT);
	record = record_begin(scratch, struct unlink_record);
	record_header_fill(&record->header, RECORD_UNLINK, scratch);
	record->header.lanes = lanes;
	process_fill(&record->header.process, task, typed);
	record->retval = unlink->retval;
	record->flags = unlink->flags;
	unlink_file_resolve(scratch, &record->file, unlink, object, task, typed);
	record_send(scratch, RECORD_UNLINK);
}

static __always_inline void unlink_end(const struct unlink_facts *unlink, struct objects *objects,
				       struct task_struct *task, const bool typed)
{
	const struct filter_operation *filter =
		filter_admit(RECORD_UNLINK, unlink->retval, task, typed);
	struct object *object = 0;
	__u64 lanes;

	if (!filter)
		return;
	lanes = filter->lanes;
	if (lanes && objects && unlink->retval == 0)
		object = unlink_object(objects, typed);
	if (object)
		lanes &= filter_by_name(filter, RECORD_UNLINK, FILTER_SOURCE, object->name,
					object->name_length);
	if (!lanes)
		return count(RECORD_UNLINK, COUNTER_APPROVER_DROPPED);
	unlink_send(unlink, lanes, object, task, typed);
}

#endif
