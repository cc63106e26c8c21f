/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The path automaton: lanes that the path of a file rules out. The state of the file's directory is
 * recalled from an earlier visit, or found: the kernel climbs to the root of the mount namespace as
 * the record's path does, noting where names stand, and goes down from there, one state for each
 * name. What the directory leaves, the file's own name decides. A path that is not known to the
 * root, or that changes meanwhile, rules out nothing.
 */
#ifndef FIMBUL_LIB_PATH_FILTER_H
#define FIMBUL_LIB_PATH_FILTER_H

#include "lib/counters.h"
#include "lib/file.h"
#include "lib/maps.h"
#include "lib/path.h"
#include "lib/path_directories.h"
#include "lib/path_fold.h"

#define PATH_FILTER_CLIMB_STEPS 32
#define PATH_FILTER_CLIMB_CALLS 3
/* Most paths come to a state soon that all names lead back to. */
#define PATH_FILTER_DESCEND_STEPS 4

_Static_assert((FILTER_PATH_DEPTH_MAX & (FILTER_PATH_DEPTH_MAX - 1)) == 0, "indices are masked");
_Static_assert((FILTER_PATH_ROWS_MAX & (FILTER_PATH_ROWS_MAX - 1)) == 0, "rows are masked");
_Static_assert(FILTER_PATH_DEPTH_MAX % PATH_FILTER_DESCEND_STEPS == 0, "whole calls");
_Static_assert(PATH_FILTER_CLIMB_STEPS *PATH_FILTER_CLIMB_CALLS == PATH_FOLD_STEPS,
	       "both climb equally far");

enum path_filter_result {
	PATH_FILTER_DONE,
	PATH_FILTER_GOES_ON,
};

enum path_filter_stage {
	PATH_FILTER_NEW,
	PATH_FILTER_LOCATED, /* the directory's state is known */
	PATH_FILTER_UNKNOWN, /* nothing can be said */
};

/* A target that is not known, because the name could not be read. */
#define PATH_TARGET_UNKNOWN (~0U)

/* Notes a name. False when the path has too many, or more bytes than a record keeps. */
static __always_inline bool path_filter_note(struct path_filter *filter, __u64 address,
					     __u32 length)
{
	__u32 count = filter->count;
	struct path_filter_name *name;

	if (count >= FILTER_PATH_DEPTH_MAX)
		return false;
	/* VERIFIER 6.1: it forgets the comparison, after which clang leaves out the mask. */
	barrier_var(count);
	name = &filter->names[count & (FILTER_PATH_DEPTH_MAX - 1)];
	name->address = address;
	name->length = length;
	filter->count = count + 1;
	return true;
}

/* One step towards the root. False when there is none to take. */
static __always_inline bool path_filter_climb_step(struct path_filter *filter, const bool typed)
{
	struct position position = { filter->dentry, filter->mount };
	struct path_directory *directory = &filter->directory;
	struct dentry_view dentry;

	if (position_is_mount_root(&position, typed)) {
		directory->fold = path_fold_mount(directory->fold, position.mount);
		if (!position_leave_mount(&position, typed)) {
			filter->is_complete = true;
			return false;
		}
		filter->dentry = position.dentry;
		filter->mount = position.mount;
		return true;
	}
	dentry = dentry_look(filter->dentry_bytes, position.dentry, typed);
	if (dentry.parent == position.dentry || dentry.sequence & 1 ||
	    directory->bytes + dentry.length + 1 > PATH_BYTES_MAX)
		return false;
	directory->fold = path_fold_dentry(directory->fold, position.dentry, &dentry);
	directory->bytes += dentry.length + 1;
	directory->depth++;
	filter->dentry = dentry.parent;
	return path_filter_note(filter, dentry.name, dentry.length);
}

static __always_inline int path_filter_climb_steps(struct path_filter *filter, const bool typed)
{
	for (__u32 step = 0; step < PATH_FILTER_CLIMB_STEPS; step++) {
		if (!path_filter_climb_step(filter, typed))
			return PATH_FILTER_DONE;
	}
	return PATH_FILTER_GOES_ON;
}

/* VERIFIER: global, so that its steps are verified once; and so are the next ones. */
__noinline int path_filter_climb(__u32 program)
{
	struct scratch *scratch = scratch_of(program);

	if (!scratch)
		return PATH_FILTER_DONE;
	return typed_reads ? path_filter_climb_steps(&scratch->path_filter, true)
			   : path_filter_climb_steps(&scratch->path_filter, false);
}

/* The number of the longest prefix of the state that the name starts with; 0 without one. */
static __always_inline __u32 path_filter_prefix(struct path_filter *filter, __u32 from,
						__u32 length)
{
	__u32 *number;

	filter->affix.from = from;
	filter->affix.bits = (sizeof(from) + length) * 8;
	bpf_probe_read_kernel(filter->affix.name, length & 63, filter->edge.name);
	number = bpf_map_lookup_elem(&filter_path_affixes, &filter->affix);
	return number ? *number : 0;
}

/* The same for its end. The name is spelled backwards by words: what stood before its first byte
 * comes to stand after the last one, where the table does not look. */
static __always_inline __u32 path_filter_suffix(struct path_filter *filter, __u32 from,
						__u32 length)
{
	__u64 *forwards = filter->name_at_end;
	__u64 *backwards = (__u64 *)filter->affix.name;
	__u32 start = sizeof(filter->name_at_end) - (length & 63);
	__u32 *number;

	filter->affix.from = from | 2;
	filter->affix.bits = (sizeof(from) + length) * 8;
	/* VERIFIER: a pointer may not be moved backwards by what is not constant. */
	barrier_var(start);
	bpf_probe_read_kernel((char *)forwards + (start & 127), length & 63, filter->edge.name);
#pragma unroll
	for (__u32 word = 0; word < 8; word++)
		backwards[word] = __builtin_bswap64(forwards[7 - word]);
	number = bpf_map_lookup_elem(&filter_path_affixes, &filter->affix);
	return number ? *number : 0;
}

/* The target of a name, by the state's own edges for it. */
static __always_inline __u32 path_filter_edge(struct path_filter *filter, __u32 edges, __u32 from,
					      const struct path_filter_name *name, __u32 other)
{
	__u32 length = name->length;
	__u32 *numbers = (__u32 *)filter->edge.name;
	__u32 prefix = 0, suffix = 0;
	__u32 *target;

	__builtin_memset(&filter->edge, 0, sizeof(filter->edge));
	/* VERIFIER 5.10: it forgets the comparison, after which clang leaves out the mask. */
	barrier_var(length);
	if (bpf_probe_read_kernel(filter->edge.name, length & 63, (const void *)name->address)) {
		count_trouble(TROUBLE_KERNEL_READ_FAILED);
		return PATH_TARGET_UNKNOWN;
	}
	filter->edge.from = from;
	if (edges & PATH_EDGES_EXACT) {
		target = bpf_map_lookup_elem(&filter_path_edges, &filter->edge);
		if (target)
			return *target;
	}
	if (!(edges & (PATH_EDGES_PREFIXES | PATH_EDGES_SUFFIXES)))
		return other;
	if (edges & PATH_EDGES_PREFIXES)
		prefix = path_filter_prefix(filter, from, length);
	if (edges & PATH_EDGES_SUFFIXES)
		suffix = path_filter_suffix(filter, from, length);
	__builtin_memset(&filter->edge, 0, sizeof(filter->edge));
	filter->edge.from = from | 2;
	numbers[0] = prefix;
	numbers[1] = suffix;
	target = bpf_map_lookup_elem(&filter_path_edges, &filter->edge);
	return target ? *target : other;
}

static __always_inline __u32 path_filter_target(struct path_filter *filter,
						const struct filter_path_state *state,
						const struct path_filter_name *name,
						const bool is_final)
{
	__u32 edges = state->edges;
	__u32 other = is_final ? state->final_other : state->inner_other;

	if (name->length > FILTER_NAME_BYTES_MAX)
		return is_final ? state->final_long : state->inner_long;
	if (is_final)
		edges >>= PATH_EDGES_BITS;
	if (!(edges & (PATH_EDGES_EXACT | PATH_EDGES_PREFIXES | PATH_EDGES_SUFFIXES)))
		return other;
	return path_filter_edge(filter, edges, filter->directory.state << 2 | is_final, name,
				other);
}

/* Lanes that a class leaves; all when there is none of this number. */
static __always_inline __u64 path_filter_class(const struct path_filter *filter, __u32 number)
{
	struct filter_path_class *found = bpf_map_lookup_elem(&filter_path_classes, &number);

	return found ? found->lanes[filter->row & (FILTER_PATH_ROWS_MAX - 1)] : ~0ULL;
}

/* All names lead back to the state. */
static __always_inline bool path_filter_is_sink(const struct filter_path_state *state, __u32 number)
{
	__u32 edges = PATH_EDGES_EXACT | PATH_EDGES_PREFIXES | PATH_EDGES_SUFFIXES;

	return !(state->edges & edges) && state->inner_other == number &&
	       state->inner_long == number;
}

/* One name down from the root. False when the directory's state is found, or cannot be. */
static __always_inline bool path_filter_descend_step(struct path_filter *filter)
{
	struct path_directory *directory = &filter->directory;
	__u32 index = filter->count - 1;
	__u32 number = directory->state;
	const struct filter_path_state *state = bpf_map_lookup_elem(&filter_path_states, &number);

	if (!state)
		return false;
	directory->alive = state->alive;
	/* The first name is the file's. */
	if (!index || path_filter_is_sink(state, number)) {
		filter->stage = PATH_FILTER_LOCATED;
		return false;
	}
	number = path_filter_target(filter, state,
				    &filter->names[index & (FILTER_PATH_DEPTH_MAX - 1)], false);
	if (number == PATH_TARGET_UNKNOWN)
		return false;
	directory->state = number;
	filter->count = index;
	return true;
}

__noinline int path_filter_descend(__u32 program)
{
	struct scratch *scratch = scratch_of(program);

	if (!scratch)
		return PATH_FILTER_DONE;
	for (__u32 step = 0; step < PATH_FILTER_DESCEND_STEPS; step++) {
		if (!path_filter_descend_step(&scratch->path_filter))
			return PATH_FILTER_DONE;
	}
	return PATH_FILTER_GOES_ON;
}

/* Finds the state of a directory on the long way, and keeps it. */
static __always_inline void path_filter_walk(struct path_filter *filter, __u32 program)
{
	struct path_directory *directory = &filter->directory;

	filter->dentry = directory->dentry;
	filter->mount = directory->mount;
	filter->is_complete = false;
	directory->fold = 1;
	directory->depth = 0;
	directory->bytes = 0;
	directory->state = filter->start;
	for (__u32 call = 0; call < PATH_FILTER_CLIMB_CALLS; call++) {
		if (path_filter_climb(program) == PATH_FILTER_DONE)
			break;
	}
	if (!filter->is_complete)
		return;
	for (__u32 depth = 0; depth < FILTER_PATH_DEPTH_MAX; depth += PATH_FILTER_DESCEND_STEPS) {
		if (path_filter_descend(program) == PATH_FILTER_DONE)
			break;
	}
	if (filter->stage != PATH_FILTER_LOCATED)
		return;
	/* Names that were read while they changed may belong to no path that there ever was. */
	path_fold(program);
	if (filter->fold == directory->fold)
		return path_directory_learn(directory);
	filter->stage = PATH_FILTER_UNKNOWN;
	count_trouble(TROUBLE_FILTER_PATH_CHANGED);
}

/* Notes the name of the file, and moves to its directory. The root of the mount namespace is taken
 * for what it is written as: a name without bytes in itself. False where no name is certain. */
static __always_inline bool path_filter_enter(struct path_filter *filter, const bool typed)
{
	struct position position = { filter->dentry, filter->mount };
	struct dentry_view dentry;

	if (!position_is_attached(&position, typed))
		return false;
	if (!filter->count && !position_to_name(&position, typed)) {
		path_filter_note(filter, position.dentry, 0);
	} else if (!filter->count) {
		dentry = dentry_look(filter->dentry_bytes, position.dentry, typed);
		filter->file = position.dentry;
		filter->file_sequence = dentry.sequence;
		if (dentry.parent == position.dentry || dentry.sequence & 1)
			return false;
		path_filter_note(filter, dentry.name, dentry.length);
		position.dentry = dentry.parent;
	}
	filter->directory.dentry = position.dentry;
	filter->directory.mount = position.mount;
	barrier();
	return true;
}

/* Whether the file still has the name that was noted. */
static __always_inline bool path_filter_is_stable(const struct path_filter *filter,
						  const bool typed)
{
	barrier();
	return !filter->file || dentry_sequence(CAST(typed, struct dentry, filter->file), typed) ==
					filter->file_sequence;
}

static __always_inline void path_filter_locate(struct path_filter *filter, __u32 program,
					       const bool typed)
{
	struct path_directory *directory = &filter->directory;

	filter->stage = PATH_FILTER_UNKNOWN;
	if (!path_filter_enter(filter, typed))
		return;
	filter->is_learned = path_directory_recall(filter, program, typed);
	if (filter->is_learned)
		filter->stage = PATH_FILTER_LOCATED;
	else
		path_filter_walk(filter, program);
	/* With the file's own name. */
	if (directory->depth >= FILTER_PATH_DEPTH_MAX ||
	    directory->bytes + filter->names[0].length + 1 > PATH_BYTES_MAX)
		filter->stage = PATH_FILTER_UNKNOWN;
}

static __always_inline void path_filter_decide(struct path_filter *filter, const bool typed)
{
	__u64 lanes = filter->lanes & path_filter_class(filter, filter->directory.alive);

	if (lanes) {
		const struct filter_path_state *state;
		__u32 number = filter->directory.state;

		if (filter->directory_only)
			return;
		filter->is_learned = false;
		state = bpf_map_lookup_elem(&filter_path_states, &number);
		if (!state)
			return;
		number = path_filter_target(filter, state, &filter->names[0], true);
		if (number == PATH_TARGET_UNKNOWN)
			return;
		filter->path_class = number;
		lanes = filter->lanes & path_filter_class(filter, number);
	}
	if (lanes == filter->lanes)
		return;
	if (path_filter_is_stable(filter, typed))
		filter->lanes = lanes;
	else
		count_trouble(TROUBLE_FILTER_PATH_CHANGED);
}

__noinline int path_filter_run(__u32 program)
{
	struct scratch *scratch = scratch_of(program);
	struct path_filter *filter;

	if (!scratch)
		return 0;
	filter = &scratch->path_filter;
	if (filter->stage == PATH_FILTER_NEW) {
		if (typed_reads)
			path_filter_locate(filter, program, true);
		else
			path_filter_locate(filter, program, false);
	}
	if (filter->stage != PATH_FILTER_LOCATED)
		return 0;
	if (typed_reads)
		path_filter_decide(filter, true);
	else
		path_filter_decide(filter, false);
	return 0;
}

#endif
