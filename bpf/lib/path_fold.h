/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Is a path still what it was? A fold of all that it is made of: the dentries up to the root of the
 * mount namespace with their names' hashes, the mounts, and the number that the kernel raises in a
 * dentry before and after it gets another name or parent. A climb that finds the fold of an earlier
 * one proves that the path was the same all the time between the two, and so when the climb began.
 * Where the kernel tells the addresses of its locks, their numbers save most climbs.
 */
#ifndef FIMBUL_LIB_PATH_FOLD_H
#define FIMBUL_LIB_PATH_FOLD_H

#include "lib/dentry.h"
#include "lib/file.h"
#include "lib/maps.h"

/* Mountpoints are no names, and few are on the way. */
#define PATH_FOLD_STEPS 96
/* Of a path that no locks vouch for. Stamps are even. */
#define PATH_STAMP_NONE 1ULL
/* Half of the numbers of a lock cannot be used up in so many ticks of the kernel's clock. */
#define PATH_STAMP_EPOCH_BITS 13

/* Set by user space before load: addresses of the kernel's own locks, each of which begins with a
 * number that is odd while somebody writes and another one after that. 0 where it does not tell. */
const volatile __u64 rename_lock_address = 0;
const volatile __u64 mount_lock_address = 0;

static __always_inline __u32 lock_sequence(__u64 address, const bool typed)
{
	struct seqcount *lock = CAST(typed, struct seqcount, address);

	return READ(typed, lock, sequence);
}

/* Each input changes the result one to one, so that two folds that differ in one input differ. */
static __always_inline __u64 fold_in(__u64 fold, __u64 value)
{
	fold = (fold ^ value) * 0x9e3779b97f4a7c15;
	return fold ^ fold >> 29;
}

/* Changes with every rename and every change of mounts. */
static __always_inline __u64 path_stamp(const bool typed)
{
	__u64 renames, mounts, epoch;

	if (!rename_lock_address || !mount_lock_address)
		return PATH_STAMP_NONE;
	renames = lock_sequence(rename_lock_address, typed);
	mounts = lock_sequence(mount_lock_address, typed);
	if ((renames | mounts) & 1)
		return PATH_STAMP_NONE;
	/* Numbers begin again at 0 some day: an entry must not live so long. */
	epoch = bpf_jiffies64() >> PATH_STAMP_EPOCH_BITS;
	return (renames << 32 | mounts) ^ (epoch * 0x9e3779b97f4a7c15) << 1;
}

/* VERIFIER: a pointer may not be calculated with; what was read from memory may. */
static __always_inline __u64 path_number(struct path_filter *filter, const void *pointer)
{
	filter->number = (__u64)pointer;
	return filter->number;
}

static __always_inline __u64 path_fold_dentry(__u64 fold, __u64 address,
					      const struct dentry_view *dentry)
{
	__u64 hash_and_length = (__u64)dentry->hash << 32 | dentry->length;

	return fold_in(fold_in(fold, address + ((__u64)dentry->sequence << 47)), hash_and_length);
}

static __always_inline __u64 path_fold_mount(__u64 fold, __u64 mount)
{
	return fold_in(fold, mount);
}

/* Address of the root of a mount. */
static __always_inline __u64 path_fold_root(struct path_filter *filter, __u64 mount_address,
					    const bool typed)
{
	struct mount *mount = CAST(typed, struct mount, mount_address);

	return path_number(filter, READ(typed, mount, mnt.mnt_root));
}

/* The fold of the path from the directory up; 0 when it does not lead to the root of the mount
 * namespace, or changes under the climb. */
static __always_inline __u64 path_fold_climb(struct path_filter *filter, const bool typed)
{
	__u64 position = filter->directory.dentry, mount_address = filter->directory.mount;
	__u64 root = path_fold_root(filter, mount_address, typed);
	__u64 fold = 1;

	for (__u32 step = 0; step < PATH_FOLD_STEPS; step++) {
		struct dentry_view dentry;
		__u64 parent;

		if (position == root) {
			struct mount *mount = CAST(typed, struct mount, mount_address);

			fold = path_fold_mount(fold, mount_address);
			parent = path_number(filter, READ(typed, mount, mnt_parent));
			if (parent == mount_address)
				return fold;
			mount_address = parent;
			position = path_number(filter, READ(typed, mount, mnt_mountpoint));
			root = path_fold_root(filter, mount_address, typed);
			continue;
		}
		dentry = dentry_look(filter->dentry_bytes, position, typed);
		if (dentry.parent == position || dentry.sequence & 1)
			return 0;
		fold = path_fold_dentry(fold, position, &dentry);
		position = dentry.parent;
	}
	return 0;
}

/* VERIFIER: global, so that its steps are verified once. */
__noinline int path_fold(__u32 program)
{
	struct scratch *scratch = scratch_of(program);

	if (!scratch)
		return 0;
	scratch->path_filter.fold = typed_reads ? path_fold_climb(&scratch->path_filter, true)
						: path_fold_climb(&scratch->path_filter, false);
	return 0;
}

#endif
