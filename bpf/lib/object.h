/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A kernel object of an operation: a dentry with its inode, remembered while the operation is under
 * way, with the place where it had its name then. Its path can be told later, from its directory.
 */
#ifndef FIMBUL_LIB_OBJECT_H
#define FIMBUL_LIB_OBJECT_H

#include "lib/caller_path.h"
#include "lib/counters.h"
#include "lib/file.h"
#include "lib/filter.h"

/* Where an object has its name at the moment. */
static __always_inline void object_place(struct object *object, __u64 dentry_address,
					 const bool typed)
{
	struct dentry *dentry = CAST(typed, struct dentry, dentry_address);
	struct dentry *parent = READ(typed, dentry, d_parent);

	object->dentry = dentry_address;
	object->parent = (__u64)parent;
	object->parent_inode = (__u64)READ(typed, parent, d_inode);
	object->name_hash = READ(typed, dentry, d_name.hash);
	object->name_length = READ(typed, dentry, d_name.len);
	if (bpf_probe_read_kernel_str(object->name, sizeof(object->name),
				      READ(typed, dentry, d_name.name)) < 0)
		count_trouble(TROUBLE_KERNEL_READ_FAILED);
}

/* A file of a call: where the caller's string starts from, and the object if one was seen. */
struct located {
	struct position base;
	const struct object *object;
	__u64 mount; /* of the object; 0 when it is not certain */
	/* Of a rename: the place it goes to where the kernel showed it, with the file's facts. */
	const struct object *destination;
	__u64 destination_mount;
};

/* Fills what the mount says of a file, whose path is appended then. */
static __always_inline void object_mount_fill(struct file_facts *facts, __u64 address)
{
	struct position position = { 0, address };
	struct mount *mount = (struct mount *)address;

	facts->mount_id = BPF_CORE_READ(mount, mnt_id);
	facts->path_source = PATH_SOURCE_KERNEL;
	if (position_is_detached(&position, false))
		facts->path_flags |= PATH_DISCONNECTED;
}

/* Fills facts and kernel path of an object at the place where the call found it. */
static __always_inline void object_resolve_before(struct scratch *scratch, __u32 program,
						  struct file_facts *facts,
						  const struct object *object, __u64 mount)
{
	struct position directory = { object->parent, mount };

	*facts = object->facts;
	object_mount_fill(facts, mount);
	path_begin(scratch, &facts->path);
	path_append(scratch, object->name, object->name_length);
	path_climb(scratch, program, &directory);
	path_end(scratch, &facts->path, &facts->path_flags);
}

/* Fills facts and kernel path of an object at the place where it is now. */
static __always_inline void object_resolve_after(struct scratch *scratch, __u32 program,
						 struct file_facts *facts,
						 const struct object *object, __u64 mount)
{
	struct position position = { object->dentry, mount };

	*facts = object->facts;
	object_mount_fill(facts, mount);
	path_resolve(scratch, program, &position, &facts->path, &facts->path_flags);
}

/* Lanes left by the name of an object, as far as to tell takes no search. VERIFIER: without a
 * branch, after which it would follow two ways. */
static __always_inline __u64 filter_by_unlisted_object(const struct filter_file *file,
						       const struct object *object)
{
	__u64 is_unlisted;
	__u64 start;

	__builtin_memcpy(&start, object->name, sizeof(start));
	is_unlisted = (__u32)name_is_unlisted(file->filter->name_table + file->side, start,
					      object->name_length);
	return filter_other_names(file) | ((is_unlisted & 1) - 1);
}

static __always_inline __u64 filter_by_object_name(const struct filter_file *file,
						   const struct object *object)
{
	__u64 unlisted = filter_by_unlisted_object(file, object);

	if (unlisted != ~0ULL)
		return unlisted;
	return filter_by_name(file->filter, file->side, object->name, object->name_length);
}

/* Lanes left by the path of an object at the place where the call found it. */
static __always_inline __u64 filter_by_object_path(struct filter_file *file, __u64 lanes,
						   const struct object *object, __u64 mount)
{
	struct position directory = { object->parent, mount };

	return filter_by_path(file, lanes, &directory, object->name, object->name_length);
}

static __always_inline __u64 filter_by_object(struct filter_file *file, __u64 lanes,
					      const struct object *object, __u64 mount)
{
	struct position directory = { object->parent, mount };

	lanes &= filter_by_unlisted_object(file, object);
	if (!lanes)
		return 0;
	filter_path_begin(file, &directory, object->name, object->name_length);
	if (!filter_path_ask(file, lanes, true))
		return 0;
	file->is_discarded = false;
	lanes &= filter_by_object_name(file, object);
	return filter_path_ask(file, lanes, false);
}

#endif
