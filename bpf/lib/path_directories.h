/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Discarders: directories whose place in the path automaton is known from an earlier visit. What is
 * kept is a function of the path alone, and taken only when the path is proved to be the same. Two
 * CPUs may write an entry at once; its check then tells that it is neither's.
 */
#ifndef FIMBUL_LIB_PATH_DIRECTORIES_H
#define FIMBUL_LIB_PATH_DIRECTORIES_H

#include "lib/path_fold.h"

_Static_assert((PATH_DIRECTORIES_MAX & (PATH_DIRECTORIES_MAX - 1)) == 0, "a hash chooses");

static __always_inline __u32 path_directory_pair(const struct path_directory *directory)
{
	__u64 hash = fold_in(fold_in(0, directory->dentry), directory->mount);

	return hash >> 32 & (PATH_DIRECTORIES_MAX - 2);
}

static __always_inline __u64 path_directory_check(const struct path_directory *entry)
{
	__u64 state = (__u64)entry->generation << 32 | entry->state;
	__u64 rest = (__u64)entry->alive << 32 | (__u32)entry->depth << 16 | entry->bytes;
	__u64 check = fold_in(fold_in(entry->dentry, entry->mount), entry->identity);

	return fold_in(fold_in(fold_in(fold_in(check, entry->fold), entry->stamp), state), rest);
}

/* What tells a directory from another one that came to have the same dentry. Not for certain where
 * the inode has no generation: then only a climb proves anything. */
static __always_inline __u64 path_directory_identity(struct path_filter *filter, bool *is_certain,
						     const bool typed)
{
	__u64 address = filter->directory.dentry;
	struct dentry_view dentry = dentry_look(filter->dentry_bytes, address, typed);
	struct inode *inode = CAST(typed, struct inode, dentry.inode);
	__u64 identity = path_fold_dentry(dentry.parent, address, &dentry);
	__u32 generation = 0;

	if (dentry.inode) {
		generation = READ(typed, inode, i_generation);
		identity = fold_in(identity + generation, READ(typed, inode, i_ino));
	}
	*is_certain = generation != 0;
	return identity;
}

/* Copies the entry for a directory. False when there is none of the same rule set. */
static __always_inline bool path_directory_copy(struct path_directory *directory, __u32 slot)
{
	struct path_directory *entry = bpf_map_lookup_elem(&path_directories, &slot);
	struct path_directory copy;

	if (!entry || entry->dentry != directory->dentry || entry->mount != directory->mount ||
	    entry->generation != directory->generation || entry->identity != directory->identity)
		return false;
	copy = *entry;
	copy.dentry = directory->dentry;
	copy.mount = directory->mount;
	copy.generation = directory->generation;
	copy.identity = directory->identity;
	if (copy.check != path_directory_check(&copy))
		return false;
	*directory = copy;
	return true;
}

static __always_inline void path_directory_write(struct path_directory *directory, __u32 slot)
{
	struct path_directory *entry = bpf_map_lookup_elem(&path_directories, &slot);

	directory->check = path_directory_check(directory);
	if (entry)
		*entry = *directory;
}

static __always_inline bool path_directory_is_at(const struct path_directory *directory, __u32 slot)
{
	struct path_directory *entry = bpf_map_lookup_elem(&path_directories, &slot);

	return entry && entry->dentry == directory->dentry && entry->mount == directory->mount;
}

/* Keeps what was found out about a directory: in its own place, or that of one of the pair. */
static __always_inline void path_directory_learn(struct path_directory *directory)
{
	__u32 slot = path_directory_pair(directory);

	if (path_directory_is_at(directory, slot + 1) ||
	    (directory->fold >> 40 & 1 && !path_directory_is_at(directory, slot)))
		slot++;
	path_directory_write(directory, slot);
}

/* Fills in what is known about a directory. False when nothing is, or its path has changed. */
static __always_inline bool path_directory_recall(struct path_filter *filter, __u32 program,
						  const bool typed)
{
	struct path_directory *directory = &filter->directory;
	__u32 slot = path_directory_pair(directory);
	__u64 stamp = path_stamp(typed);
	bool is_certain;

	directory->identity = path_directory_identity(filter, &is_certain, typed);
	if (!is_certain)
		stamp = PATH_STAMP_NONE;
	if (!path_directory_copy(directory, slot) && !path_directory_copy(directory, ++slot)) {
		directory->stamp = stamp;
		return false;
	}
	if (directory->stamp == stamp && stamp != PATH_STAMP_NONE)
		return true;
	directory->stamp = stamp;
	path_fold(program);
	if (!filter->fold || filter->fold != directory->fold)
		return false;
	/* The locks were read before the climb: with the path as it was, so it was with them. */
	if (stamp != PATH_STAMP_NONE)
		path_directory_write(directory, slot);
	return true;
}

#endif
