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
	objects_choose_none(objects);
	for (__u32 i = 0; i < OBJECTS_PER_OPERATION_MAX; i++) {
		if (object_is_unlinked(&objects->list[i], typed))
			objects_choose_later(objects, i);
	}
	if (!objects->chosen_touched)
		count_trouble(TROUBLE_OBJECT_UNMATCHED);
	return objects_chosen(objects);
}

static __always_inline void unlink_file_resolve(struct scratch *scratch, struct file_facts *facts,
						const struct unlink_facts *unlink,
						const struct located *located)
{
	if (located->mount) {
		object_resolve_before(scratch, PROGRAM_SYS_EXIT, facts, located->object,
				      located->mount);
		return;
	}
	if (located->object)
		*facts = located->object->facts;
	caller_path_resolve(scratch, PROGRAM_SYS_EXIT, facts, &located->base, unlink->string);
}

static __always_inline void unlink_send(const struct unlink_facts *unlink, __u64 lanes,
					const struct located *located, struct task_struct *task,
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
	unlink_file_resolve(scratch, &record->file, unlink, located);
	record_send(scratch, RECORD_UNLINK);
}

static __always_inline void unlink_end(const struct unlink_facts *unlink, struct objects *objects,
				       struct task_struct *task, const bool typed)
{
	const struct filter_operation *filter =
		filter_admit(RECORD_UNLINK, unlink->retval, task, typed);
	struct located located = {};
	__u64 lanes;

	if (!filter)
		return;
	lanes = filter->lanes;
	if (!lanes)
		return count(RECORD_UNLINK, COUNTER_APPROVER_DROPPED);
	if (objects && unlink->retval == 0)
		located.object = unlink_object(objects, typed);
	object_locate(&located, unlink->directory, unlink->string, task, typed);
	/* Only where the record will carry the object's name do rules see it. */
	if (located.mount)
		lanes &= filter_by_name(filter, RECORD_UNLINK, FILTER_SOURCE, located.object->name,
					located.object->name_length);
	if (!lanes)
		return count(RECORD_UNLINK, COUNTER_APPROVER_DROPPED);
	unlink_send(unlink, lanes, &located, task, typed);
}

#endif
