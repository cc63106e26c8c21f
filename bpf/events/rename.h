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

static __always_inline void rename_send(const struct rename_facts *rename, struct verdict verdict,
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
	verdict_tell(&record->header, verdict);
	process_fill(&record->header.process, task, typed);
	record->retval = rename->retval;
	record->flags = rename->flags;
	rename_files_resolve(scratch, record, rename, located, task, typed);
	record_send(scratch, RECORD_RENAME);
}

/* Modes and owners, which are what the record will have whether or not the mount is certain. */
static __always_inline __u64 rename_filter_values(const struct filter_operation *filter,
						  const struct located *located)
{
	struct file_values source = file_values_of(&located->object->facts);
	struct file_values destination = source;

	if (located->destination)
		destination = file_values_of(&located->destination->facts);
	return filter_by_file_values(filter, &source) &
	       filter_by_destination_values(filter, &destination);
}

/* Names first, which are cheap. Of the two files the source stands first. */
static __always_inline __u64 rename_filter(struct filter_file *files, __u64 lanes,
					   const struct located *located, const bool typed)
{
	struct filter_file *source = &files[FILTER_SOURCE];
	struct filter_file *destination = &files[FILTER_DESTINATION];
	const struct filter_operation *filter = source->filter;
	const struct object *object = located->object;
	struct position moved = { object->dentry, located->mount };

	lanes &= filter_by_object_name(source, object);
	if (located->destination) {
		lanes &= filter_by_object_name(destination, located->destination);
		lanes = filter_by_object_path(source, lanes, object, located->mount);
		return filter_by_object_path(destination, lanes, located->destination,
					     located->destination_mount);
	}
	struct dentry *dentry = CAST(typed, struct dentry, object->dentry);

	lanes &= filter_by_name(filter, FILTER_DESTINATION, READ(typed, dentry, d_name.name),
				READ(typed, dentry, d_name.len));
	lanes = filter_by_object_path(source, lanes, object, located->mount);
	return filter_by_path(destination, lanes, &moved, 0, 0);
}

/* Ends an event that the filter's first stages admitted. */
static __always_inline void rename_end(const struct rename_facts *rename,
				       const struct filter_operation *filter,
				       const struct located *located, struct task_struct *task,
				       const bool typed)
{
	struct filter_file files[] = {
		{ filter, FILTER_SOURCE, rename->program, false },
		{ filter, FILTER_DESTINATION, rename->program, false },
	};
	__u64 lanes = filter_start(filter, rename->retval);

	lanes &= filter_by_flags(filter, rename->flags);
	if (located->object)
		lanes &= rename_filter_values(filter, located);
	/* Only where the record will carry the object's paths do rules see them. */
	if (lanes && located->mount)
		lanes = rename_filter(files, lanes, located, typed);
	lanes = filter_by_task(filter, lanes);
	if (!lanes)
		return filter_count_drop(RECORD_RENAME,
					 files[0].is_discarded || files[1].is_discarded);
	rename_send(rename, verdict_of(filter, lanes), located, task, typed);
}

#endif
