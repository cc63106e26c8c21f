/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The path of a dentry, up to the root of the mount namespace, across mounts. Components are
 * appended to the record leaf first, each followed by `/`; the last `/` is not counted.
 */
#ifndef FIMBUL_LIB_PATH_H
#define FIMBUL_LIB_PATH_H

#include "lib/record.h"

/* Bind mounts of single files stack deeper than this only to deceive. */
#define MOUNT_ROOT_HOPS_MAX 8

/* Few paths need a second call; the verifier's work grows with the steps of one. */
#define PATH_STEPS_PER_CALL 32
_Static_assert(PATH_DEPTH_MAX % PATH_STEPS_PER_CALL == 0, "whole calls");

enum path_walk_result {
	PATH_WALK_DONE,
	PATH_WALK_GOES_ON,
};

/* A place in the tree: a dentry seen through a mount. Addresses, so that the state of the walk in
 * memory is plain numbers and its iterations look alike to the verifier. */
struct position {
	__u64 dentry;
	__u64 mount;
};

/* Finds the `struct mount` that a `struct vfsmount` is embedded in.
 * VERIFIER: a typed pointer may not be moved backwards, a number may. */
static __always_inline __u64 mount_of(const struct path *path, const bool typed)
{
	__u64 vfsmount = read_number(__builtin_preserve_access_index(&path->mnt), typed);

	return vfsmount - bpf_core_field_offset(struct mount, mnt);
}

/* A path is two pointers: where every read is a call of a helper, one reads both. */
static __always_inline struct position position_of(const struct path *path, const bool typed)
{
	__u64 words[2] = {};

	if (!typed) {
		bpf_probe_read_kernel(words, sizeof(words), path);
		return (struct position){
			.dentry = words[bpf_core_field_offset(struct path, dentry) >> 3 & 1],
			.mount = words[bpf_core_field_offset(struct path, mnt) >> 3 & 1] -
				 bpf_core_field_offset(struct mount, mnt),
		};
	}
	return (struct position){
		.dentry = read_number(__builtin_preserve_access_index(&path->dentry), typed),
		.mount = mount_of(path, typed),
	};
}

/* Climbs from the root of a mount to its mountpoint. False at the root of the mount namespace. */
static __always_inline bool position_leave_mount(struct position *position, const bool typed)
{
	struct mount *mount = CAST(typed, struct mount, position->mount);
	struct mount *parent = READ(typed, mount, mnt_parent);

	if ((__u64)parent == position->mount)
		return false;
	position->dentry = (__u64)READ(typed, mount, mnt_mountpoint);
	position->mount = (__u64)parent;
	return true;
}

static __always_inline bool position_is_mount_root(const struct position *position,
						   const bool typed)
{
	struct mount *mount = CAST(typed, struct mount, position->mount);

	return (__u64)READ(typed, mount, mnt.mnt_root) == position->dentry;
}

/* Moves to where the file has its name: a file that is the root of a mount (a bind mount of one
 * file) is called what its mountpoint is called. False when it has none, or only further up. */
static __always_inline bool position_to_name(struct position *position, const bool typed)
{
	for (__u32 i = 0; i < MOUNT_ROOT_HOPS_MAX; i++) {
		if (!position_is_mount_root(position, typed))
			return true;
		if (!position_leave_mount(position, typed))
			return false;
	}
	return false;
}

/* Appends a name and `/`. False when the path may not grow so far. */
static __always_inline bool path_append(struct scratch *scratch, const void *name,
					__u32 name_length)
{
	__u32 at = scratch->length;

	/* VERIFIER: both bounds are for it as well; the kernel has no longer names. */
	if (name_length > NAME_BYTES_MAX)
		name_length = NAME_BYTES_MAX;
	if (at + name_length >= scratch->walk_end || at > RECORD_BYTES_MAX)
		return false;
	if (bpf_probe_read_kernel(&scratch->record[at], name_length, name))
		count_trouble(TROUBLE_KERNEL_READ_FAILED);
	scratch->record[at + name_length] = '/';
	scratch->length = at + name_length + 1;
	return true;
}

static __always_inline bool path_append_dentry(struct scratch *scratch, struct dentry *dentry,
					       const bool typed)
{
	return path_append(scratch, READ(typed, dentry, d_name.name),
			   READ(typed, dentry, d_name.len));
}

/* One step towards the root. False when there is none to take. */
static __always_inline bool path_step(struct scratch *scratch, const bool typed)
{
	struct position position = { scratch->walk_dentry, scratch->walk_mount };
	struct dentry *dentry, *parent;

	if (position_is_mount_root(&position, typed)) {
		if (!position_leave_mount(&position, typed))
			return false;
		scratch->walk_dentry = position.dentry;
		scratch->walk_mount = position.mount;
		return true;
	}
	dentry = CAST(typed, struct dentry, position.dentry);
	parent = READ(typed, dentry, d_parent);
	if (parent == dentry) {
		scratch->walk_flags |= PATH_DISCONNECTED;
		return false;
	}
	if (!path_append_dentry(scratch, dentry, typed)) {
		scratch->walk_flags |= PATH_TRUNCATED;
		return false;
	}
	scratch->walk_dentry = (__u64)parent;
	return true;
}

static __always_inline int path_walk_steps(struct scratch *scratch, const bool typed)
{
	/* VERIFIER: the position lives in the map, so that every iteration has the same registers
	 * but for the counter, and the branches of one iteration merge before the next. */
	for (__u32 step = 0; step < PATH_STEPS_PER_CALL; step++) {
		if (!path_step(scratch, typed))
			return PATH_WALK_DONE;
	}
	return PATH_WALK_GOES_ON;
}

/* VERIFIER: global, so that its steps are verified once, however often it is called. */
__noinline int path_walk(__u32 program)
{
	struct scratch *scratch = scratch_of(program);

	if (!scratch)
		return PATH_WALK_DONE;
	return typed_reads ? path_walk_steps(scratch, true) : path_walk_steps(scratch, false);
}

static __always_inline void path_begin(struct scratch *scratch, struct text_ref *text)
{
	text->offset = scratch->length;
	scratch->walk_flags = 0;
	scratch->walk_end = scratch->length + PATH_BYTES_MAX;
}

static __always_inline void path_end(struct scratch *scratch, struct text_ref *text, __u16 *flags)
{
	if (scratch->length > text->offset)
		text->length = scratch->length - text->offset - 1;
	if (scratch->walk_flags & PATH_TRUNCATED)
		count_trouble(TROUBLE_PATH_TRUNCATED);
	if (scratch->walk_flags & PATH_DISCONNECTED)
		count_trouble(TROUBLE_PATH_DISCONNECTED);
	*flags |= scratch->walk_flags;
}

/* Appends the components from a position up to the root. */
static __always_inline void path_climb(struct scratch *scratch, __u32 program,
				       const struct position *position)
{
	scratch->walk_dentry = position->dentry;
	scratch->walk_mount = position->mount;
	for (__u32 depth = 0; depth < PATH_DEPTH_MAX; depth += PATH_STEPS_PER_CALL) {
		if (path_walk(program) == PATH_WALK_DONE)
			return;
	}
	scratch->walk_flags |= PATH_TRUNCATED;
}

/* Appends the path of a position to the record, and tells where it stands and how it went. */
static __always_inline void path_resolve(struct scratch *scratch, __u32 program,
					 const struct position *position, struct text_ref *text,
					 __u16 *flags)
{
	path_begin(scratch, text);
	path_climb(scratch, program, position);
	path_end(scratch, text, flags);
}

#endif
