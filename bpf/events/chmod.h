/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* chmod: the rights of a file were set, or an attempt was refused. */
#ifndef FIMBUL_EVENTS_CHMOD_H
#define FIMBUL_EVENTS_CHMOD_H

#include "lib/cgroup_announce.h"
#include "lib/filter.h"
#include "lib/object.h"

struct chmod_facts {
	__u32 program;
	long retval;
	__u32 mode;
	int directory; /* the file itself when there is no string */
	struct caller_string string;
};

/* The file of a chmod, as far as the kernel showed it. */
struct chmod_target {
	struct located located;
	struct position position; /* a zero dentry when only the caller's string is known */
	__u32 mode_before; /* 0 when it is not known */
	struct file_values values; /* of the file as it is now */
};

static __always_inline void chmod_fill_modes(struct chmod_record *record,
					     const struct chmod_facts *chmod,
					     const struct chmod_target *target)
{
	record->mode_after = chmod->mode;
	file_values_tell(&record->file, &target->values);
	if (chmod->retval == 0) {
		if (record->file.path_flags & PATH_INODE_KNOWN)
			record->mode_after = record->file.mode;
		record->mode_before_known = target->mode_before != 0;
		if (target->mode_before)
			record->file.mode = target->mode_before;
	} else if (record->file.path_flags & PATH_INODE_KNOWN) {
		record->mode_before_known = 1;
	}
}

static __always_inline void chmod_send(const struct chmod_facts *chmod, struct verdict verdict,
				       const struct chmod_target *target, struct task_struct *task,
				       const bool typed)
{
	struct scratch *scratch = scratch_of(chmod->program);
	struct chmod_record *record;

	if (!scratch)
		return count(RECORD_CHMOD, COUNTER_LOST_NO_SCRATCH);
	cgroup_announce(chmod->program);
	record = record_begin(scratch, struct chmod_record);
	record_header_fill(&record->header, RECORD_CHMOD, scratch);
	verdict_tell(&record->header, verdict);
	process_fill(&record->header.process, task, typed);
	record->retval = chmod->retval;
	if (target->located.object)
		record->file = target->located.object->facts;
	if (target->position.dentry)
		file_resolve(scratch, chmod->program, &record->file, &target->position, typed);
	else if (chmod->string.address)
		caller_path_resolve(scratch, chmod->program, &record->file, &target->located.base,
				    &chmod->string);
	chmod_fill_modes(record, chmod, target);
	record_send(scratch, RECORD_CHMOD);
}

/* The facts of the file as the record will have them. */
static __always_inline void chmod_read_values(struct chmod_target *target, const bool typed)
{
	if (target->position.dentry)
		target->values = file_values_read(&target->position, typed);
	/* What the record starts from, and keeps where it finds no inode. */
	if (!target->values.is_known && target->located.object)
		target->values = file_values_of(&target->located.object->facts);
}

/* Lanes left by the modes before and after, and by the owner. What is not known rules out nothing,
 * even if the record will read it. */
static __always_inline __u64 chmod_filter_values(const struct chmod_facts *chmod,
						 const struct filter_operation *filter,
						 const struct chmod_target *target)
{
	const struct file_values *values = &target->values;
	__u64 lanes = ~0ULL;

	if (chmod->retval)
		lanes = filter_by_value(filter, FILTER_VALUE_MODE, chmod->mode);
	else if (values->is_known)
		lanes = filter_by_value(filter, FILTER_VALUE_MODE, values->mode);
	if (!values->is_known)
		return lanes;
	lanes &= filter_by_value(filter, FILTER_VALUE_FILE_UID, values->uid) &
		 filter_by_value(filter, FILTER_VALUE_FILE_GID, values->gid) &
		 filter_by_file_place(filter, values);
	if (chmod->retval)
		lanes &= filter_by_value(filter, FILTER_VALUE_FILE_MODE, values->mode);
	else if (target->mode_before)
		lanes &= filter_by_value(filter, FILTER_VALUE_FILE_MODE, target->mode_before);
	return lanes;
}

/* Ends an event that the filter's first stages admitted. */
static __always_inline void chmod_end(const struct chmod_facts *chmod,
				      const struct filter_operation *filter,
				      struct chmod_target *target, struct task_struct *task,
				      const bool typed)
{
	struct filter_file source = { filter, FILTER_SOURCE, chmod->program, false };
	__u64 lanes = filter_start(filter, chmod->retval);

	if (lanes && target->position.dentry)
		lanes = filter_by_directory(&source, lanes, &target->position);
	if (lanes) {
		chmod_read_values(target, typed);
		lanes &= chmod_filter_values(chmod, filter, target);
	}
	if (lanes && target->position.dentry)
		lanes = filter_by_file(&source, lanes, &target->position, typed);
	lanes = filter_by_task(filter, lanes);
	if (!lanes)
		return filter_count_drop(RECORD_CHMOD, source.is_discarded);
	chmod_send(chmod, verdict_of(filter, lanes), target, task, typed);
}

#endif
