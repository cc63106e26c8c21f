/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The class of the path of a program. It is found before the record is filled and holds only if the
 * path was the same all the time until after that: rules read the path from the record.
 */
#ifndef FIMBUL_LIB_PROGRAM_CLASS_H
#define FIMBUL_LIB_PROGRAM_CLASS_H

#include "lib/path_filter.h"

#define PROGRAM_CLASS_UNKNOWN (~0U)
/* The same directory leads elsewhere in the automaton of programs. */
#define PROGRAM_GENERATION (1U << 31)

static __always_inline bool program_class_is_same(struct path_filter *path, __u32 program,
						  const bool typed)
{
	struct path_directory *directory = &path->directory;
	__u64 stamp = path_stamp(typed);

	if (!path_filter_is_stable(path, typed))
		return false;
	if (stamp != PATH_STAMP_NONE && stamp == directory->stamp)
		return true;
	path_fold(program);
	return path->fold && path->fold == directory->fold;
}

/* VERIFIER: global, as the walks of paths are. */
__noinline int program_class_is_settled(__u32 program)
{
	struct scratch *scratch = scratch_of(program);

	if (!scratch)
		return false;
	return typed_reads ? program_class_is_same(&scratch->path_filter, program, true)
			   : program_class_is_same(&scratch->path_filter, program, false);
}

/* Begins to find the class of the program at a position. */
static __always_inline void program_class_begin(struct scratch *scratch, __u32 program,
						const struct filter_programs *programs,
						const struct position *position)
{
	struct path_filter *path = &scratch->path_filter;

	path->path_class = PROGRAM_CLASS_UNKNOWN;
	path->dentry = position->dentry;
	path->mount = position->mount;
	path->file = 0;
	path->row = programs->every_row;
	path->start = programs->path_start;
	path->directory.generation = programs->generation | PROGRAM_GENERATION;
	path->stage = PATH_FILTER_NEW;
	path->count = 0;
	path->lanes = 1;
	path->directory_only = false;
	path_filter_run(program);
}

/* The class, once the record has the path. */
static __always_inline __u32 program_class_end(struct scratch *scratch, __u32 program)
{
	__u32 path_class = scratch->path_filter.path_class;

	if (path_class == PROGRAM_CLASS_UNKNOWN || program_class_is_settled(program))
		return path_class;
	count_trouble(TROUBLE_FILTER_PATH_CHANGED);
	return PROGRAM_CLASS_UNKNOWN;
}

#endif
