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
};

/* The first stages of the filter: who, which result, which flags. */
struct open_filter {
	const struct filter_operation *operation;
	__u64 lanes; /* 0 when the event ends here, counted */
};

static __always_inline void open_send(const struct open_facts *open, struct file *file,
				      const struct position *position, __u64 lanes,
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
	record->header.lanes = lanes;
	process_fill(&record->header.process, task, typed);
	record->retval = open->retval;
	record->flags = open->flags;
	record->mode = open->mode;
	/* The kernel does not mark a file that is made without a name. */
	if (file)
		record->created = READ(typed, file, f_mode) & FMODE_CREATED ||
				  (open->flags & O_TMPFILE) == O_TMPFILE;
	if (position->dentry) {
		file_resolve(scratch, open->program, &record->file, position, typed);
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

static __always_inline struct open_filter open_admit(const struct open_facts *open,
						     struct task_struct *task, const bool typed)
{
	struct open_filter filter = {};

	filter.operation = filter_admit(RECORD_OPEN, open->retval, task, typed);
	if (!filter.operation)
		return filter;
	filter.lanes = filter.operation->lanes;
	if (!open->flags_from_memory)
		filter.lanes &= filter_by_flags(filter.operation, open->flags);
	if (!filter.lanes)
		count(RECORD_OPEN, COUNTER_APPROVER_DROPPED);
	return filter;
}

/* Ends the event; `file` is what was opened, or null where that is not known. */
static __always_inline void open_end(struct open_facts *open, const struct open_filter *filter,
				     struct file *file, struct task_struct *task, const bool typed)
{
	struct position position = {};
	__u64 lanes = filter->lanes;

	if (file)
		position = position_of(&file->f_path);
	else if (!open->string.address)
		position = open->root;
	if (position.dentry) {
		if (position_is_internal(&position, typed))
			return count(RECORD_OPEN, COUNTER_IGNORED_NOT_FILE);
		if (file && open->flags_from_memory)
			open_flags_correct(open, file, typed);
		lanes &= filter_by_position(filter->operation, RECORD_OPEN, FILTER_SOURCE, position,
					    typed);
		if (!lanes)
			return count(RECORD_OPEN, COUNTER_APPROVER_DROPPED);
	}
	open_send(open, file, &position, lanes, task, typed);
}

#endif
