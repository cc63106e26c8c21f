/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Tables of values: flags, modes, owners. A rule reads a value from the record, so a table may
 * only decide on what the record will say: a value that may change meanwhile is read once, and told
 * as it was read.
 */
#ifndef FIMBUL_LIB_FILTER_VALUES_H
#define FIMBUL_LIB_FILTER_VALUES_H

#include "include/records.gen.h"
#include "lib/file.h"
#include "lib/maps.h"
#include "lib/path.h"
#include "lib/read.h"

/* Operands in a table; those that it does not use count nothing. */
#define FILTER_OPERANDS 16

_Static_assert(FILTER_VALUE_BITS_MAX <= FILTER_OPERANDS &&
		       FILTER_VALUE_BOUNDS_MAX <= FILTER_OPERANDS,
	       "all bits and bounds of a table have a place");

/* The class of a value. VERIFIER: without branches, or it follows each of their combinations; the
 * compiler would make a comparison, which is a branch, of a difference that it sees through. */
static __always_inline __u32 filter_class(const struct filter_value_table *table, __u32 value)
{
	__u64 index = 0;

	if (table->is_bits) {
		for (__u32 i = 0; i < FILTER_VALUE_BITS_MAX; i++)
			index |= ((__u64)value >> (table->operands[i] & 63) & 1) << i;
		return index;
	}
	for (__u32 i = 0; i < FILTER_VALUE_BOUNDS_MAX; i++) {
		__u64 difference = (__u64)table->operands[i] - value;

		barrier_var(difference);
		index += difference >> 63;
	}
	return index;
}

/* Lanes left by a value, from its first table on. VERIFIER: global, so that it is verified once. */
__noinline __u64 filter_value_lanes(__u32 first, __u32 value)
{
	__u64 lanes = ~0ULL;

	for (__u32 i = 0; i < FILTER_TABLES_PER_VALUE_MAX; i++) {
		__u32 key = first + i;
		struct filter_value_table *table = bpf_map_lookup_elem(&filter_value_tables, &key);
		__u64 *mask;

		if (!table)
			break;
		key = table->first_mask + filter_class(table, value);
		mask = bpf_map_lookup_elem(&filter_value_masks, &key);
		if (mask)
			lanes &= *mask;
		if (!table->has_next)
			break;
	}
	return lanes;
}

#define FILTER_VALUE_BIT(value) (1U << (value))

#define FILTER_VALUES_OF_FILE                                                                  \
	(FILTER_VALUE_BIT(FILTER_VALUE_FILE_MODE) | FILTER_VALUE_BIT(FILTER_VALUE_FILE_UID) |  \
	 FILTER_VALUE_BIT(FILTER_VALUE_FILE_GID) | FILTER_VALUE_BIT(FILTER_VALUE_FILE_LAYER) | \
	 FILTER_VALUE_BIT(FILTER_VALUE_FILE_FILESYSTEM))

#define FILTER_VALUES_OF_DESTINATION                        \
	(FILTER_VALUE_BIT(FILTER_VALUE_DESTINATION_MODE) |  \
	 FILTER_VALUE_BIT(FILTER_VALUE_DESTINATION_UID) |   \
	 FILTER_VALUE_BIT(FILTER_VALUE_DESTINATION_GID) |   \
	 FILTER_VALUE_BIT(FILTER_VALUE_DESTINATION_LAYER) | \
	 FILTER_VALUE_BIT(FILTER_VALUE_DESTINATION_FILESYSTEM))

static __always_inline bool filter_has_value(const struct filter_operation *filter,
					     enum filter_value which)
{
	return filter->values & FILTER_VALUE_BIT(which);
}

/* Lanes left by one value. */
static __always_inline __u64 filter_by_value(const struct filter_operation *filter,
					     enum filter_value which, __u32 value)
{
	if (!filter_has_value(filter, which))
		return ~0ULL;
	return filter_value_lanes(filter->value_tables[which], value);
}

/* Lanes left by flags. Most calls, such as those that read, have none that a rule asks for. */
static __always_inline __u64 filter_by_flags(const struct filter_operation *filter, __u32 flags)
{
	if (!(flags & filter->flags))
		return filter->without_flags;
	return filter_by_value(filter, FILTER_VALUE_FLAGS, flags);
}

/* Mode, owner and place of a file, as its record will have them. */
struct file_values {
	bool is_known;
	bool is_upper; /* of an overlay, and not the one of its image */
	__u32 mode;
	__u32 uid;
	__u32 gid;
	__u64 filesystem; /* address of the name of its type */
};

static __always_inline struct file_values file_values_of(const struct file_facts *facts)
{
	return (struct file_values){
		.is_known = facts->path_flags & PATH_INODE_KNOWN,
		.is_upper = facts->path_flags & PATH_UPPER_LAYER,
		.mode = facts->mode,
		.uid = facts->uid,
		.gid = facts->gid,
		.filesystem = (__u64)facts->filesystem,
	};
}

/* Reads what may change until the record is filled. */
static __always_inline struct file_values file_values_read(const struct position *position,
							   const bool typed)
{
	struct dentry *dentry = CAST(typed, struct dentry, position->dentry);
	struct inode *inode = CAST(typed, struct inode, READ(typed, dentry, d_inode));
	struct file_values values = {};

	if (!inode)
		return values;
	values.is_known = true;
	values.mode = READ(typed, inode, i_mode);
	values.uid = READ(typed, inode, i_uid.val);
	values.gid = READ(typed, inode, i_gid.val);
	values.is_upper = inode_is_upper(inode, typed);
	values.filesystem = inode_filesystem(inode, typed);
	return values;
}

/* Lets a record tell what was read before. */
static __always_inline void file_values_tell(struct file_facts *facts,
					     const struct file_values *values)
{
	if (!values->is_known)
		return;
	facts->path_flags |= PATH_INODE_KNOWN;
	facts->path_flags &= ~PATH_UPPER_LAYER;
	if (values->is_upper)
		facts->path_flags |= PATH_UPPER_LAYER;
	facts->mode = values->mode;
	facts->uid = values->uid;
	facts->gid = values->gid;
}

/* Lanes left by the type of a filesystem: the number that user space knows its name by, 0 for all
 * others. */
static __always_inline __u64 filter_by_filesystem(const struct filter_operation *filter,
						  enum filter_value which, __u64 name)
{
	struct filesystem_key key = {};
	__u32 *number;

	if (!filter_has_value(filter, which))
		return ~0ULL;
	if (bpf_probe_read_kernel_str(key.name, sizeof(key.name), (void *)name) < 1)
		return ~0ULL;
	number = bpf_map_lookup_elem(&filter_filesystems, &key);
	return filter_by_value(filter, which, number ? *number : 0);
}

/* Lanes left by what no change of a file's mode or owner changes. */
static __always_inline __u64 filter_by_file_place(const struct filter_operation *filter,
						  const struct file_values *values)
{
	return filter_by_value(filter, FILTER_VALUE_FILE_LAYER, values->is_upper) &
	       filter_by_filesystem(filter, FILTER_VALUE_FILE_FILESYSTEM, values->filesystem);
}

static __always_inline __u64 filter_by_file_values(const struct filter_operation *filter,
						   const struct file_values *values)
{
	if (!(filter->values & FILTER_VALUES_OF_FILE) || !values->is_known)
		return ~0ULL;
	return filter_by_value(filter, FILTER_VALUE_FILE_MODE, values->mode) &
	       filter_by_value(filter, FILTER_VALUE_FILE_UID, values->uid) &
	       filter_by_value(filter, FILTER_VALUE_FILE_GID, values->gid) &
	       filter_by_file_place(filter, values);
}

/* The same of the file that a rename makes. */
static __always_inline __u64 filter_by_destination_values(const struct filter_operation *filter,
							  const struct file_values *values)
{
	if (!(filter->values & FILTER_VALUES_OF_DESTINATION) || !values->is_known)
		return ~0ULL;
	return filter_by_value(filter, FILTER_VALUE_DESTINATION_MODE, values->mode) &
	       filter_by_value(filter, FILTER_VALUE_DESTINATION_UID, values->uid) &
	       filter_by_value(filter, FILTER_VALUE_DESTINATION_GID, values->gid) &
	       filter_by_value(filter, FILTER_VALUE_DESTINATION_LAYER, values->is_upper) &
	       filter_by_filesystem(filter, FILTER_VALUE_DESTINATION_FILESYSTEM,
				    values->filesystem);
}

#endif
