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

/* The object whose dentry was moved by the call. */
static __always_inline struct object *rename_object(struct objects *objects, const bool typed)
{
	struct object *latest = 0;
	__u32 touched = 0;

	for (__u32 i = 0; i < OBJECTS_PER_OPERATION_MAX; i++) {
		struct object *object = &objects->list[i];

		if (object->touched > touched && object_is_moved(object, typed)) {
			latest = object;
			touched = object->touched;
		}
	}
	if (!latest)
		count_trouble(TROUBLE_OBJECT_UNMATCHED);
	return latest;
}

static __always_inline void rename_files_resolve(struct scratch *scratch,
						 struct rename_record *record,
						 const struct rename_facts *rename,
						 const struct object *object,
						 struct task_struct *task, const bool typed)
{
	struct position source = caller_base(task, rename->source_directory,
					     caller_is_absolute(rename->source), typed);
	struct position destination = caller_base(task, rename->destination_directory,
						  caller_is_absolute(rename->destination), typed);
	__u64 mount = object ? object_mount(object->parent, &source, task, typed) : 0;

	if (mount) {
		/* Both names are on one mount: the kernel refuses anything else. */
		object_resolve_before(scratch, PROGRAM_SYS_EXIT, &record->file, object, mount);
		object_resolve_after(scratch, PROGRAM_SYS_EXIT, &record->destination, object,
				     mount);
		return;
	}
	if (object) {
		record->file = object->facts;
		record->destination = object->facts;
	}
	caller_path_resolve(scratch, PROGRAM_SYS_EXIT, &record->file, &source, rename->source);
	caller_path_resolve(scratch, PROGRAM_SYS_EXIT, &record->destination, &destination,
			    rename->destination);
}

static __always_inline void rename_send(const struct rename_facts *rename, __u64 lanes,
					const struct object *object, struct task_struct *task,
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
	rename_files_resolve(scratch, record, rename, object, task, typed);
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
	struct object *object = 0;
	__u64 lanes;

	if (!filter)
		return;
	lanes = filter->lanes;
	/* An exchange moves two dentries, and nothing tells which one the caller named first. */
	if (lanes && objects && rename->retval == 0 && !(rename->flags & RENAME_EXCHANGE))
		object = rename_object(objects, typed);
	if (object)
		lanes &= rename_filter(filter, object, typed);
	if (!lanes)
		return count(RECORD_RENAME, COUNTER_APPROVER_DROPPED);
	rename_send(rename, lanes, object, task, typed);
}

#endif
