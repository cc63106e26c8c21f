/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel filter: which rules could still match? One bit, a lane, for each conjunction of each
 * rule; each table clears the lanes that a value rules out for certain; with none left the event is
 * dropped. What the kernel does not know of an event clears nothing.
 */
#ifndef FIMBUL_LIB_FILTER_H
#define FIMBUL_LIB_FILTER_H

#include "include/records.gen.h"
#include "lib/counters.h"
#include "lib/maps.h"
#include "lib/path.h"

/* Set by user space before load: the agent's own work is not an event. 0 when the agent does not
 * know its id in the initial pid namespace. */
const volatile __u32 agent_pid = 0;

enum filter_side {
	FILTER_SOURCE = 0,
	FILTER_DESTINATION = 1,
};

static __always_inline struct filter_operation *filter_of(enum record_kind kind)
{
	__u32 key = kind;

	return bpf_map_lookup_elem(&filter_operations, &key);
}

static __always_inline bool filter_is_agent(struct task_struct *task, const bool typed)
{
	return agent_pid && (__u32)READ(typed, task, tgid) == agent_pid;
}

/* Failures that say nothing about a file are noise unless a rule asks for them. A call that a
 * signal interrupted will be made again; what it then comes to is the event. */
static __always_inline bool filter_wants_result(const struct filter_operation *filter, long retval)
{
	if (retval <= -ERESTARTSYS && retval >= -ERESTART_RESTARTBLOCK)
		return false;
	return retval >= 0 || retval == -EPERM || retval == -EACCES || filter->all_failures;
}

/* Counts an event as seen and gives the filter of its operation; null when the event ends here,
 * counted as what became of it. */
static __always_inline const struct filter_operation *
filter_admit(enum record_kind kind, long retval, struct task_struct *task, const bool typed)
{
	const struct filter_operation *filter = filter_of(kind);

	count(kind, COUNTER_SEEN);
	if (!filter)
		count(kind, COUNTER_LOST_NO_SCRATCH);
	else if (filter_is_agent(task, typed))
		count(kind, COUNTER_IGNORED_AGENT);
	else if (!filter_wants_result(filter, retval))
		count(kind, COUNTER_IGNORED_FAILED);
	else if (!filter->lanes)
		count(kind, COUNTER_APPROVER_DROPPED);
	else
		return filter;
	return 0;
}

/* Lanes left by open's flags. */
static __always_inline __u64 filter_by_flags(const struct filter_operation *filter, __u32 flags)
{
	__u32 index = 0;
	__u64 *lanes;

	for (__u32 i = 0; i < FILTER_FLAG_BITS_MAX; i++) {
		if (i >= filter->flag_bit_count)
			break;
		index |= ((flags >> (filter->flag_bits[i] & 31)) & 1) << i;
	}
	lanes = bpf_map_lookup_elem(&filter_flags, &index);
	return lanes ? *lanes : ~0ULL;
}

/* Lanes left by the last component of a path. */
static __always_inline __u64 filter_by_name(const struct filter_operation *filter,
					    enum record_kind kind, enum filter_side side,
					    const void *name, __u32 length)
{
	struct filter_name_key key = {};
	__u64 *lanes;

	if (length > FILTER_NAME_BYTES_MAX)
		return side == FILTER_SOURCE ? filter->source_long_names
					     : filter->destination_long_names;
	key.table = kind << 1 | side;
	if (bpf_probe_read_kernel(key.name, length & 63, name))
		return ~0ULL;
	lanes = bpf_map_lookup_elem(&filter_names, &key);
	if (lanes)
		return *lanes;
	return side == FILTER_SOURCE ? filter->source_other_names : filter->destination_other_names;
}

/* Lanes left by the last component of the path of a position. */
static __always_inline __u64 filter_by_position(const struct filter_operation *filter,
						enum record_kind kind, enum filter_side side,
						struct position position, const bool typed)
{
	struct dentry *dentry;

	if (!position_to_name(&position, typed))
		return ~0ULL;
	dentry = CAST(typed, struct dentry, position.dentry);
	return filter_by_name(filter, kind, side, READ(typed, dentry, d_name.name),
			      READ(typed, dentry, d_name.len));
}

#endif
