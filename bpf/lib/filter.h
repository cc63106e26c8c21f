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
#include "lib/filter_values.h"
#include "lib/maps.h"
#include "lib/name_bloom.h"
#include "lib/path_filter.h"
#include "lib/task_filter.h"

/* Set by user space before load: the agent's own work is not an event. 0 when the agent does not
 * know its id in the initial pid namespace. */
const volatile __u32 agent_pid = 0;

enum filter_side {
	FILTER_SOURCE = 0,
	FILTER_DESTINATION = 1,
};

/* Everything else of an event is asked of what this gives, so that rule sets do not mix. */
static __always_inline const struct filter_operation *filter_of(enum record_kind kind)
{
	__u32 key = 0;
	__u32 *bank = bpf_map_lookup_elem(&filter_bank, &key);

	key = bank && *bank ? RECORD_COUNT + kind : kind;
	return bpf_map_lookup_elem(&filter_operations, &key);
}

/* What the filter says of an event that it lets pass. */
struct verdict {
	__u64 lanes; /* that are left */
	__u32 generation; /* of the rule set that they are of */
};

static __always_inline struct verdict verdict_of(const struct filter_operation *filter, __u64 lanes)
{
	return (struct verdict){ lanes, filter->generation };
}

static __always_inline void verdict_tell(struct record_header *header, struct verdict verdict)
{
	header->lanes = verdict.lanes;
	header->generation = verdict.generation;
}

static __always_inline bool filter_is_agent(void)
{
	return agent_pid && bpf_get_current_pid_tgid() >> 32 == agent_pid;
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
filter_admit_counted(struct counters *counters, enum record_kind kind, long retval)
{
	const struct filter_operation *filter = filter_of(kind);

	count_in(counters, COUNTER_SEEN);
	if (!filter)
		count_in(counters, COUNTER_LOST_NO_SCRATCH);
	else if (filter_is_agent())
		count_in(counters, COUNTER_IGNORED_AGENT);
	else if (!filter_wants_result(filter, retval))
		count_in(counters, COUNTER_IGNORED_FAILED);
	else if (!filter->lanes)
		count_in(counters, COUNTER_APPROVER_DROPPED);
	else
		return filter;
	return 0;
}

static __always_inline const struct filter_operation *filter_admit(enum record_kind kind,
								   long retval)
{
	return filter_admit_counted(counters_of(kind), kind, retval);
}

/* Lanes of an event that was admitted, left by its result. */
static __always_inline __u64 filter_start(const struct filter_operation *filter, long retval)
{
	return filter->lanes & filter_by_value(filter, FILTER_VALUE_RESULT, retval);
}

/* Lanes left by the last component of a path. */
static __always_inline __u64 filter_by_name(const struct filter_operation *filter,
					    enum filter_side side, const void *name, __u32 length)
{
	struct filter_name_key key = {};
	__u64 *lanes;

	if (length > FILTER_NAME_BYTES_MAX)
		return side == FILTER_SOURCE ? filter->source_long_names
					     : filter->destination_long_names;
	key.table = filter->name_table + side;
	/* VERIFIER 5.10: it forgets the comparison, after which clang leaves out the mask. */
	barrier_var(length);
	if (bpf_probe_read_kernel(key.name, length & 63, name))
		return ~0ULL;
	lanes = bpf_map_lookup_elem(&filter_names, &key);
	if (lanes)
		return *lanes;
	return side == FILTER_SOURCE ? filter->source_other_names : filter->destination_other_names;
}

/* A file whose path the filter looks at. */
struct filter_file {
	const struct filter_operation *filter;
	enum filter_side side;
	__u32 program; /* whose scratch serves; no record must have been begun there */
	bool is_discarded; /* what ruled lanes out was a directory that was known, and nothing after
			      it */
};

/* Where the path of a file is looked at: a name in a directory, or a position alone where the name
 * is null. */
static __always_inline void filter_path_begin(const struct filter_file *file,
					      const struct position *position, const void *name,
					      __u32 length)
{
	const struct filter_operation *filter = file->filter;
	struct scratch *scratch = scratch_of(file->program);
	struct path_filter *path;

	if (!scratch)
		return;
	path = &scratch->path_filter;
	path->dentry = position->dentry;
	path->mount = position->mount;
	path->file = 0;
	path->row = file->side == FILTER_SOURCE ? filter->source_row : filter->destination_row;
	path->start = filter->path_start;
	path->directory.generation = filter->generation;
	path->stage = PATH_FILTER_NEW;
	path->count = 0;
	if (name)
		path_filter_note(path, (__u64)name, length);
}

/* Lanes left by the path of the file that was begun with, or by its directory alone. Lanes that are
 * about the other file of an operation stay. */
static __always_inline __u64 filter_path_ask(struct filter_file *file, __u64 lanes,
					     bool directory_only)
{
	const struct filter_operation *filter = file->filter;
	__u64 any = file->side == FILTER_SOURCE ? filter->any_source_path
						: filter->any_destination_path;
	__u64 bound = lanes & ~any;
	struct path_filter *path;
	struct scratch *scratch;

	if (!bound)
		return lanes;
	scratch = scratch_of(file->program);
	if (!scratch)
		return lanes;
	path = &scratch->path_filter;
	path->lanes = bound;
	path->directory_only = directory_only;
	path_filter_run(file->program);
	file->is_discarded = path->is_learned && path->lanes != bound;
	return path->lanes | (lanes & any);
}

static __always_inline __u64 filter_by_path(struct filter_file *file, __u64 lanes,
					    const struct position *position, const void *name,
					    __u32 length)
{
	filter_path_begin(file, position, name, length);
	return filter_path_ask(file, lanes, false);
}

/* Counts an event that has no lane left. */
static __always_inline void filter_count_drop(enum record_kind kind, bool is_discarded)
{
	count(kind, is_discarded ? COUNTER_DISCARDER_DROPPED : COUNTER_APPROVER_DROPPED);
}

/* Lanes left by the last component of the path of a position. */
static __always_inline __u64 filter_by_position_name(const struct filter_operation *filter,
						     enum filter_side side,
						     struct position position, const bool typed)
{
	struct dentry *dentry;

	if (!position_to_name(&position, typed))
		return ~0ULL;
	dentry = CAST(typed, struct dentry, position.dentry);
	return filter_by_name(filter, side, READ(typed, dentry, d_name.name),
			      READ(typed, dentry, d_name.len));
}

/* Whether a dentry certainly has a name that no rule lists. Not while it is being renamed: it may
 * have neither name then. `room` is not needed where reads are loads. */
static __always_inline bool dentry_is_unlisted(__u64 *room, __u32 table, __u64 address,
					       const bool typed)
{
	struct dentry_name_view name = dentry_look_at_name(room, address, typed);

	if (name.sequence & 1 || name_may_be_listed(table, name.start, name.length))
		return false;
	barrier();
	return dentry_sequence(CAST(typed, struct dentry, address), typed) == name.sequence;
}

/* VERIFIER: global, so that it is verified once. */
__noinline int filter_is_unlisted(__u32 program, __u32 table, __u64 dentry)
{
	struct scratch *scratch;

	if (typed_reads)
		return dentry_is_unlisted(0, table, dentry, true);
	scratch = scratch_of(program);
	return scratch &&
	       dentry_is_unlisted(scratch->path_filter.dentry_bytes, table, dentry, false);
}

/* Lanes that a name leaves which no rule lists. */
static __always_inline __u64 filter_other_names(const struct filter_file *file)
{
	const struct filter_operation *filter = file->filter;

	return file->side == FILTER_SOURCE ? filter->source_other_names
					   : filter->destination_other_names;
}

/* Lanes left by the name at a position where it certainly is none that a rule lists: most are none,
 * and to tell so takes no search. */
static __always_inline __u64 filter_by_unlisted_name(const struct filter_file *file, __u64 lanes,
						     const struct position *position,
						     const bool typed)
{
	__u32 table = file->filter->name_table + file->side;

	if (position_is_mount_root(position, typed) ||
	    !filter_is_unlisted(file->program, table, position->dentry))
		return lanes;
	return lanes & filter_other_names(file);
}

/* Lanes left by the directory of the file at a position. */
static __always_inline __u64 filter_by_directory(struct filter_file *file, __u64 lanes,
						 const struct position *position)
{
	filter_path_begin(file, position, 0, 0);
	return filter_path_ask(file, lanes, true);
}

/* Lanes left by the name and the path of the file whose directory was asked for. */
static __always_inline __u64 filter_by_file(struct filter_file *file, __u64 lanes,
					    const struct position *position, const bool typed)
{
	file->is_discarded = false;
	lanes &= filter_by_position_name(file->filter, file->side, *position, typed);
	return filter_path_ask(file, lanes, false);
}

#endif
