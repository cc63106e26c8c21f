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
};

static __always_inline void chmod_fill_modes(struct chmod_record *record,
					     const struct chmod_facts *chmod,
					     const struct chmod_target *target)
{
	record->mode_after = chmod->mode;
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

static __always_inline void chmod_send(const struct chmod_facts *chmod, __u64 lanes,
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
	record->header.lanes = lanes;
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

/* Ends an event that the filter's first stages admitted. */
static __always_inline void chmod_end(const struct chmod_facts *chmod,
				      const struct filter_operation *filter,
				      const struct chmod_target *target, struct task_struct *task,
				      const bool typed)
{
	__u64 lanes = filter->lanes;

	if (target->position.dentry)
		lanes &= filter_by_position(filter, RECORD_CHMOD, FILTER_SOURCE, target->position,
					    typed);
	if (!lanes)
		return count(RECORD_CHMOD, COUNTER_APPROVER_DROPPED);
	chmod_send(chmod, lanes, target, task, typed);
}

#endif
