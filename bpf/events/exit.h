/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* exit: the last thread of a process ended. */
#ifndef FIMBUL_EVENTS_EXIT_H
#define FIMBUL_EVENTS_EXIT_H

#include "lib/process_filter.h"

/* Threads that end together may all find that none is left alive: the first one reports. With one
 * thread left there is none to come after, but there may have been one before. */
static __always_inline bool exit_is_reported(struct task_struct *leader,
					     struct signal_struct *signal, const bool typed)
{
	struct process_key key = {
		.start_time_ns = READ(typed, leader, start_boottime),
		.pid = READ(typed, leader, tgid),
	};
	__u8 one = 1;

	/* KERNEL 5.10 to 6.3: the upper half of the result is not of the number. */
	if (READ(typed, signal, nr_threads) > 1)
		return (int)bpf_map_update_elem(&processes_ended, &key, &one, BPF_NOEXIST) ==
		       -EEXIST;
	return bpf_map_lookup_elem(&processes_ended, &key);
}

/* Whether this thread is the last one of its process, in a tracepoint of its end. */
static __always_inline bool exit_is_last(struct task_struct *task, const bool typed)
{
	struct signal_struct *signal = READ(typed, task, signal);
	struct task_struct *leader = READ(typed, task, group_leader);

	/* The kernel counts this thread out before the tracepoint, in all versions since 5.10. */
	return READ(typed, signal, live.counter) == 0 && !exit_is_reported(leader, signal, typed);
}

static __always_inline void exit_end(struct task_struct *task, const bool typed)
{
	struct scratch *scratch = scratch_of(PROGRAM_EXIT);
	struct signal_struct *signal = READ(typed, task, signal);
	struct task_struct *leader = READ(typed, task, group_leader);
	struct process_key key = process_key_of(task, typed);
	struct exit_record *record;

	count(RECORD_EXIT, COUNTER_SEEN);
	process_ended_note(&key);
	if (!scratch)
		return count(RECORD_EXIT, COUNTER_LOST_NO_SCRATCH);
	record = record_begin(scratch, struct exit_record);
	record_header_fill(&record->header, RECORD_EXIT, scratch);
	process_fill(&record->header.process, task, typed);
	/* As wait(2) does. */
	if (READ(typed, signal, flags) & SIGNAL_GROUP_EXIT)
		record->status = READ(typed, signal, group_exit_code);
	else
		record->status = READ(typed, leader, exit_code);
	record_send(scratch, RECORD_EXIT);
}

#endif
