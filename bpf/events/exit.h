/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* exit: the last thread of a process ended. */
#ifndef FIMBUL_EVENTS_EXIT_H
#define FIMBUL_EVENTS_EXIT_H

#include "lib/record.h"

static __always_inline void exit_end(struct task_struct *task, const bool typed)
{
	struct scratch *scratch = scratch_of(PROGRAM_EXIT);
	struct signal_struct *signal = READ(typed, task, signal);
	struct exit_record *record;
	__u32 group_status;

	/* The kernel counts this thread out before the tracepoint, in all versions since 5.10. */
	if (READ(typed, signal, live.counter) != 0)
		return;
	count(RECORD_EXIT, COUNTER_SEEN);
	if (!scratch)
		return count(RECORD_EXIT, COUNTER_LOST_NO_SCRATCH);
	record = record_begin(scratch, struct exit_record);
	record_header_fill(&record->header, RECORD_EXIT, scratch);
	process_fill(&record->header.process, task, typed);
	group_status = READ(typed, signal, group_exit_code);
	record->status = group_status ? group_status : (__u32)READ(typed, task, exit_code);
	record_send(scratch, RECORD_EXIT);
}

#endif
