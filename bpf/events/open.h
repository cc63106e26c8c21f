/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* open: a file was opened, or an attempt was refused. */
#ifndef FIMBUL_EVENTS_OPEN_H
#define FIMBUL_EVENTS_OPEN_H

#include "lib/caller_path.h"
#include "lib/cgroup_announce.h"
#include "lib/filter.h"

struct open_facts {
	bool flags_from_memory; /* openat2's, which another thread may have changed since */
	long retval;
	__u32 flags;
	__u32 mode;
	int directory;
	const char *string; /* the caller's; null for a call that has none */
};

/* openat2 passes its flags in memory; struct open_how starts with flags and mode. */
static __always_inline void open_how_read(struct open_facts *open, const void *address)
{
	__u64 how[2] = {};

	if (bpf_probe_read_user(how, sizeof(how), address))
		count_trouble(TROUBLE_USER_STRING_UNREADABLE);
	open->flags_from_memory = true;
	open->flags = how[0];
	open->mode = how[1];
}

static __always_inline void open_send(const struct open_facts *open, struct file *file,
				      const struct position *position, __u64 lanes,
				      struct task_struct *task, const bool typed)
{
	struct scratch *scratch = scratch_of(PROGRAM_SYS_EXIT);
	struct open_record *record;

	if (!scratch) {
		count(RECORD_OPEN, COUNTER_LOST_NO_SCRATCH);
		return;
	}
	cgroup_announce(PROGRAM_SYS_EXIT);
	record = record_begin(scratch, struct open_record);
	record_header_fill(&record->header, RECORD_OPEN, scratch);
	record->header.lanes = lanes;
	process_fill(&record->header.process, task, typed);
	record->retval = open->retval;
	record->flags = open->flags;
	record->mode = open->mode;
	if (file) {
		/* The kernel does not mark a file that is made without a name. */
		record->created = READ(typed, file, f_mode) & FMODE_CREATED ||
				  (open->flags & O_TMPFILE) == O_TMPFILE;
		file_resolve(scratch, PROGRAM_SYS_EXIT, &record->file, position, typed);
	} else if (open->string) {
		struct position base =
			caller_base(task, open->directory, caller_is_absolute(open->string), typed);

		caller_path_resolve(scratch, PROGRAM_SYS_EXIT, &record->file, &base, open->string);
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

/* Another thread may have closed what was opened, and put another file in its place. */
static __always_inline bool open_is_replaced(const struct open_facts *open, struct file *file,
					     const bool typed)
{
	if (open->flags_from_memory || open->flags & O_PATH)
		return false;
	return (READ(typed, file, f_flags) ^ open->flags) & O_ACCMODE;
}

static __always_inline struct file *open_file(const struct open_facts *open,
					      struct task_struct *task, const bool typed)
{
	__u64 address;
	struct file *file;

	if (open->retval < 0)
		return 0;
	address = (__u64)file_of_descriptor(task, open->retval, typed);
	file = CAST(typed, struct file, address);
	if (address && !open_is_replaced(open, file, typed))
		return file;
	count_trouble(TROUBLE_DESCRIPTOR_GONE);
	return 0;
}

static __always_inline void open_end(struct open_facts *open, struct task_struct *task,
				     const bool typed)
{
	const struct filter_operation *filter =
		filter_admit(RECORD_OPEN, open->retval, task, typed);
	struct position position = {};
	struct file *file;
	__u64 lanes;

	if (!filter)
		return;
	lanes = filter->lanes;
	if (!open->flags_from_memory)
		lanes &= filter_by_flags(filter, open->flags);
	if (!lanes)
		return count(RECORD_OPEN, COUNTER_APPROVER_DROPPED);
	file = open_file(open, task, typed);
	if (file) {
		position = position_of(&file->f_path);
		if (position_is_internal(&position, typed))
			return count(RECORD_OPEN, COUNTER_IGNORED_NOT_FILE);
		if (open->flags_from_memory)
			open_flags_correct(open, file, typed);
		lanes &= filter_by_position(filter, RECORD_OPEN, FILTER_SOURCE, position, typed);
		if (!lanes)
			return count(RECORD_OPEN, COUNTER_APPROVER_DROPPED);
	}
	open_send(open, file, &position, lanes, task, typed);
}

#endif
