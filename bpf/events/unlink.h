/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* unlink: a name of a file was removed, or an attempt was refused. */
#ifndef FIMBUL_EVENTS_UNLINK_H
#define FIMBUL_EVENTS_UNLINK_H

#include "lib/cgroup_announce.h"
#include "lib/filter.h"
#include "lib/object.h"

struct unlink_facts {
	__u32 program;
	long retval;
	__u32 flags;
	int directory;
	struct caller_string string;
};

static __always_inline void unlink_file_resolve(struct scratch *scratch, struct file_facts *facts,
						const struct unlink_facts *unlink,
						const struct located *located)
{
	if (located->mount) {
		object_resolve_before(scratch, unlink->program, facts, located->object,
				      located->mount);
		return;
	}
	if (located->object)
		*facts = located->object->facts;
	caller_path_resolve(scratch, unlink->program, facts, &located->base, &unlink->string);
}

static __always_inline void unlink_send(const struct unlink_facts *unlink, struct verdict verdict,
					const struct located *located, struct task_struct *task,
					const bool typed)
{
	struct scratch *scratch = scratch_of(unlink->program);
	struct unlink_record *record;

	if (!scratch)
		return count(RECORD_UNLINK, COUNTER_LOST_NO_SCRATCH);
	cgroup_announce(unlink->program);
	record = record_begin(scratch, struct unlink_record);
	record_header_fill(&record->header, RECORD_UNLINK, scratch);
	verdict_tell(&record->header, verdict);
	process_fill(&record->header.process, task, typed);
	record->retval = unlink->retval;
	record->flags = unlink->flags;
	unlink_file_resolve(scratch, &record->file, unlink, located);
	record_send(scratch, RECORD_UNLINK);
}

/* Ends an event that the filter's first stages admitted. */
static __always_inline void unlink_end(const struct unlink_facts *unlink,
				       const struct filter_operation *filter,
				       const struct located *located, struct task_struct *task,
				       const bool typed)
{
	struct filter_file source = { filter, FILTER_SOURCE, unlink->program, false };
	__u64 lanes = filter_start(filter, unlink->retval);

	lanes &= filter_by_flags(filter, unlink->flags);
	if (located->object) {
		struct file_values values = file_values_of(&located->object->facts);

		lanes &= filter_by_file_values(filter, &values);
	}
	/* Only where the record will carry the object's path do rules see it. */
	if (lanes && located->mount)
		lanes = filter_by_object(&source, lanes, located->object, located->mount);
	lanes = filter_by_task(filter, lanes);
	if (!lanes)
		return filter_count_drop(RECORD_UNLINK, source.is_discarded);
	unlink_send(unlink, verdict_of(filter, lanes), located, task, typed);
}

#endif
