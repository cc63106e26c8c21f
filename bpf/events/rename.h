/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* rename: a file or directory got another place, or an attempt was refused. */
#ifndef FIMBUL_EVENTS_RENAME_H
#define FIMBUL_EVENTS_RENAME_H

#include "lib/cgroup_announce.h"
#include "lib/filter.h"
#include "lib/object.h"

struct rename_facts {
	__u32 program;
	long retval;
	__u32 flags;
	int source_directory;
	int destination_directory;
	struct caller_string source;
	struct caller_string destination;
};

static __always_inline void rename_objects_resolve(struct scratch *scratch,
						   struct rename_record *record,
						   const struct rename_facts *rename,
						   const struct located *located)
{
	object_resolve_before(scratch, rename->program, &record->file, located->object,
			      located->mount);
	if (!located->destination) {
		/* Both names are on one mount: the kernel refuses anything else. */
		object_resolve_after(scratch, rename->program, &record->destination,
				     located->object, located->mount);
		return;
	}
	object_resolve_before(scratch, rename->program, &record->destination, located->destination,
			      located->destination_mount);
}

static __always_inline void rename_files_resolve(struct scratch *scratch,
						 struct rename_record *record,
						 const struct rename_facts *rename,
						 const struct located *located,
						 struct task_struct *task, const bool typed)
{
	struct position destination;

	if (located->mount)
		return rename_objects_resolve(scratch, record, rename, located);
	if (located->object) {
		record->file = located->object->facts;
		record->destination = located->object->facts;
	}
	destination = caller_base(task, rename->destination_directory,
				  caller_is_absolute(&rename->destination), typed);
	caller_path_resolve(scratch, rename->program, &record->file, &located->base,
			    &rename->source);
	caller_path_resolve(scratch, rename->program, &record->destination, &destination,
			    &rename->destination);
}

static __always_inline void rename_send(const struct rename_facts *rename, __u64 lanes,
					const struct located *located, struct task_struct *task,
					const bool typed)
{
	struct scratch *scratch = scratch_of(rename->program);
	struct rename_record *record;

	if (!scratch)
		return count(RECORD_RENAME, COUNTER_LOST_NO_SCRATCH);
	cgroup_announce(rename->program);
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
					   const struct located *located, const bool typed)
{
	const struct object *object = located->object;
	__u64 lanes = filter_by_name(filter, RECORD_RENAME, FILTER_SOURCE, object->name,
				     object->name_length);

	if (located->destination)
		return lanes & filter_by_name(filter, RECORD_RENAME, FILTER_DESTINATION,
					      located->destination->name,
					      located->destination->name_length);
	struct dentry *dentry = CAST(typed, struct dentry, object->dentry);

	return lanes & filter_by_name(filter, RECORD_RENAME, FILTER_DESTINATION,
				      READ(typed, dentry, d_name.name),
				      READ(typed, dentry, d_name.len));
}

/* Ends an event that the filter's first stages admitted. */
static __always_inline void rename_end(const struct rename_facts *rename,
				       const struct filter_operation *filter,
				       const struct located *located, struct task_struct *task,
				       const bool typed)
{
	__u64 lanes = filter->lanes;

	/* Only where the record will carry the object's names do rules see them. */
	if (located->mount)
		lanes &= rename_filter(filter, located, typed);
	if (!lanes)
		return count(RECORD_RENAME, COUNTER_APPROVER_DROPPED);
	rename_send(rename, lanes, located, task, typed);
}

#endif
