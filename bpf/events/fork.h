/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* fork: a process was created. Threads are not processes. */
#ifndef FIMBUL_EVENTS_FORK_H
#define FIMBUL_EVENTS_FORK_H

#include "lib/process_filter.h"

static __always_inline void fork_end(struct task_struct *creator, struct task_struct *child,
				     const bool typed)
{
	struct scratch *scratch = scratch_of(PROGRAM_FORK);
	struct task_struct *leader = READ(typed, creator, group_leader);
	struct process_key creator_key = process_key_of(creator, typed);
	struct process_key key = process_key_of(child, typed);
	struct fork_record *record;

	if (READ(typed, child, pid) != READ(typed, child, tgid))
		return;
	count(RECORD_FORK, COUNTER_SEEN);
	process_forked_note(&creator_key, &key);
	if (!scratch)
		return count(RECORD_FORK, COUNTER_LOST_NO_SCRATCH);
	record = record_begin(scratch, struct fork_record);
	record_header_fill(&record->header, RECORD_FORK, scratch);
	process_fill(&record->header.process, child, typed);
	record->creator_pid = READ(typed, creator, tgid);
	record->creator_start_time_ns = READ(typed, leader, start_boottime);
	record_send(scratch, RECORD_FORK);
}

#endif
