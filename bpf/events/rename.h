/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* rename: a file or directory got another place, or an attempt was refused. */
#ifndef FIMBUL_EVENTS_RENAME_H
#define FIMBUL_EVENTS_RENAME_H

#include "lib/caller_path.h"
#include "lib/cgroup_announce.h"
#include "lib/filter.h"
#include "lib/objects.h"

#define RENAME_EXCHANGE 2

struct rename_facts {
	long retval;
	__u32 flags;
	int source_directory;
	int destination_directory;
	const char *source;
	const char *destination;
};

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

static __always_inline void rename_files_resolve(struct scratch *scratch,
						 struct rename_record *record,
						 const struct rename_facts *rename,
						 const struct located *located,
						 struct task_struct *task, const bool typed)
{
	struct position destination;

	if (located->mount) {
		/* Both names are on one mount: the kernel refuses anything else. */
		object_resolve_before(scratch, PROGRAM_SYS_EXIT, &record->file, located->object,
				      located->mount);
		object_resolve_after(scratch, PROGRAM_SYS_EXIT, &record->destination,
				     located->object, located->mount);
		return;
	}
	if (located->object) {
		record->file = located->object->facts;
		record->destination = located->object->facts;
	}
	destination = caller_base(task, rename->destination_directory,
				  caller_is_absolute(rename->destination), typed);
	caller_path_resolve(scratch, PROGRAM_SYS_EXIT, &record->file, &located->base,
			    rename->source);
	caller_path_resolve(scratch, PROGRAM_SYS_EXIT, &record->destination, &destination,
			    rename->destination);
}

static __always_inline void rename_send(const struct rename_facts *rename, __u64 lanes,
					const struct located *located, struct task_struct *task,
					const bool typed)
{
	struct scratch *scratch = scratch_of(PROGRAM_SYS_EXIT);
	struct rename_record *record;

	if (!scratch)
		return count(RECORD_RENAME, COUNTER_LOST_NO_SCRATCH);
	cgroup_announce(PROGRAM_SYS_EXIT);
	record = record_begin(scratch, struct rename_record);
	record_header_fill(&record->header, RECORD_RENAME, scratch);
	record->header.lanes = lanes;
	process_fill(&record->header.process, task, typed);
	record->retval = rename->retval;
	record->flags = rename->flags;
	rename_files_resolve(scratch, record, rename, located, task, typed);
	record_send(scratch, RECORD_RENAME);
}

static __always_inline __u64 rename_filter(const struct filter_operation *filter,
					   const struct object *object, const bool typed)
{
	struct dentry *dentry = CAST(typed, struct dentry, object->dentry);

	return filter_by_name(filter, RECORD_RENAME, FILTER_SOURCE, object->name,
			      object->name_length) &
	       filter_by_name(filter, RECORD_RENAME, FILTER_DESTINATION,
			      READ(typed, dentry, d_name.name), READ(typed, dentry, d_name.len));
}

static __always_inline void rename_end(const struct rename_facts *rename, struct objects *objects,
				       struct task_struct *task, const bool typed)
{
	const struct filter_operation *filter =
		filter_admit(RECORD_RENAME, rename->retval, task, typed);
	struct located located = {};
	__u64 lanes;

	if (!filter)
		return;
	lanes = filter->lanes;
	if (!lanes)
		return count(RECORD_RENAME, COUNTER_APPROVER_DROPPED);
	/* An exchange moves two dentries, and nothing tells which one the caller named first. */
	if (objects && rename->retval == 0 && !(rename->flags & RENAME_EXCHANGE))
		located.object = rename_object(objects, typed);
	object_locate(&located, rename->source_directory, rename->source, task, typed);
	/* Only where the record will carry the object's names do rules see them. */
	if (located.mount)
		lanes &= rename_filter(filter, located.object, typed);
	if (!lanes)
		return count(RECORD_RENAME, COUNTER_APPROVER_DROPPED);
	rename_send(rename, lanes, &located, task, typed);
}

#endif
