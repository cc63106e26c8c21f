/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* open: a file was opened, or an attempt was refused. */
#ifndef FIMBUL_EVENTS_OPEN_H
#define FIMBUL_EVENTS_OPEN_H

#include "lib/caller_path.h"
#include "lib/cgroup_announce.h"
#include "lib/filter.h"

struct open_facts {
	__u32 program;
	bool flags_from_memory; /* openat2's, which another thread may have changed since */
	long retval;
	__u32 flags;
	__u32 mode;
	int directory;
	struct caller_string string;
	struct position root; /* where the string starts, if its dentry is not zero */
	bool is_tried_again; /* after a failure with EAGAIN */
	bool created;
};

/* The first stage of the filter: which result. */
struct open_filter {
	const struct filter_operation *operation;
	struct counters *counters;
	__u64 lanes; /* 0 when the event ends here, counted */
};

/* What was opened, or tried to. */
struct open_target {
	struct file *file; /* null where it is not known */
	struct position position;
	struct file_values values; /* what the filter read */
};

static __always_inline void open_send(const struct open_facts *open,
				      const struct open_target *target, struct verdict verdict,
				      struct task_struct *task, const bool typed)
{
	struct scratch *scratch = scratch_of(open->program);
	struct open_record *record;

	if (!scratch) {
		count(RECORD_OPEN, COUNTER_LOST_NO_SCRATCH);
		return;
	}
	cgroup_announce(open->program);
	record = record_begin(scratch, struct open_record);
	record_header_fill(&record->header, RECORD_OPEN, scratch);
	verdict_tell(&record->header, verdict);
	process_fill(&record->header.process, task, typed);
	record->retval = open->retval;
	record->flags = open->flags;
	record->mode = open->mode;
	record->created = open->created;
	if (target->position.dentry) {
		file_resolve(scratch, open->program, &record->file, &target->position, typed);
		file_values_tell(&record->file, &target->values);
	} else if (open->string.address) {
		struct position base = open->root;

		if (!base.dentry)
			base = caller_base(task, open->directory, caller_is_absolute(&open->string),
					   typed);

		caller_path_resolve(scratch, open->program, &record->file, &base, &open->string);
	}
	record_send(scratch, RECORD_OPEN);
}

/* Flags of openat2 as the kernel keeps them: all but those of creation, which stay the caller's. */
static __always_inline void open_flags_correct(struct open_facts *open, struct file *file,
					       const bool typed)
{
	open->flags &= O_CREAT | O_EXCL | O_TRUNC | O_NOCTTY;
	open->flags |= READ(typed, file, f_flags) & ~O_LARGEFILE;
	if (READ(typed, file, f_mode) & FMODE_CREATED)
		open->flags |= O_CREAT;
}

static __always_inline struct open_filter open_admit(const struct open_facts *open)
{
	struct open_filter filter = {};

	filter.counters = counters_of(RECORD_OPEN);
	filter.operation = filter_admit_counted(filter.counters, RECORD_OPEN, open->retval);
	if (!filter.operation)
		return filter;
	filter.lanes = filter_start(filter.operation, open->retval);
	if (!filter.lanes)
		count_in(filter.counters, COUNTER_APPROVER_DROPPED);
	return filter;
}

/* Lanes left by what is known of the file without its path. */
static __always_inline __u64 open_filter_values(struct open_facts *open,
						const struct filter_operation *operation,
						__u64 lanes, struct open_target *target,
						const bool typed)
{
	struct file *file = target->file;

	/* The kernel does not mark a file that is made without a name. */
	if (file)
		open->created = READ(typed, file, f_mode) & FMODE_CREATED ||
				(open->flags & O_TMPFILE) == O_TMPFILE;
	lanes &= filter_by_value(operation, FILTER_VALUE_MODE, open->mode);
	lanes &= filter_by_value(operation, FILTER_VALUE_CREATED, open->created);
	if (lanes && target->position.dentry && operation->values & FILTER_VALUES_OF_FILE) {
		target->values = file_values_read(&target->position, typed);
		lanes &= filter_by_file_values(operation, &target->values);
	}
	return lanes;
}

/* Lanes left by flags, path and all else; 0 when the event ends here, counted. What most events end
 * by, and what costs least, stands first. `target` has the file that was opened, or null where that
 * is not known. */
static __always_inline __u64 open_decide(struct open_facts *open, const struct open_filter *filter,
					 struct open_target *target, const bool typed)
{
	const struct filter_operation *operation = filter->operation;
	struct filter_file source = { operation, FILTER_SOURCE, open->program, false };
	struct position *position = &target->position;
	__u64 lanes = filter->lanes;

	if (target->file)
		*position = position_of(&target->file->f_path, typed);
	else if (!open->string.address)
		*position = open->root;
	if (target->file && open->flags_from_memory)
		open_flags_correct(open, target->file, typed);
	lanes &= filter_by_flags(operation, open->flags);
	if (lanes && position->dentry)
		lanes = filter_by_unlisted_name(&source, lanes, position, typed);
	if (!lanes) {
		count_in(filter->counters, COUNTER_APPROVER_DROPPED);
		return 0;
	}
	if (position->dentry && position_is_internal(position, typed)) {
		count(RECORD_OPEN, COUNTER_IGNORED_NOT_FILE);
		return 0;
	}
	if (lanes && position->dentry)
		lanes = filter_by_directory(&source, lanes, position);
	if (lanes)
		lanes = open_filter_values(open, operation, lanes, target, typed);
	if (lanes && position->dentry)
		lanes = filter_by_file(&source, lanes, position, typed);
	lanes = filter_by_task(operation, lanes);
	if (!lanes)
		filter_count_drop(RECORD_OPEN, source.is_discarded);
	return lanes;
}

#endif
