/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What stands at the beginning of a dentry, read at once where every read is a call of a helper. */
#ifndef FIMBUL_LIB_DENTRY_H
#define FIMBUL_LIB_DENTRY_H

#include "lib/maps.h"
#include "lib/read.h"

struct dentry_view {
	__u32 sequence; /* raised before and after another name or parent; odd meanwhile */
	__u32 hash;
	__u32 length;
	__u64 name;
	__u64 parent;
	__u64 inode;
};

struct dentry_name_view {
	__u32 sequence;
	__u32 length;
	__u64 start; /* first 8 bytes: what stands after a shorter name too */
};

static __always_inline __u32 dentry_sequence(struct dentry *dentry, const bool typed)
{
	return READ(typed, dentry, d_seq.seqcount.sequence);
}

/* Up to d_inode, and what follows it: the start of a short name. */
#define DENTRY_BYTES (bpf_core_field_offset(struct dentry, d_inode) + 2 * sizeof(__u64))

/* KERNEL 5.10 to 6.13: where a name of less than 32 bytes is, called d_shortname later. */
#define DENTRY_HAS_NAME_LAST                                      \
	(bpf_core_field_exists(struct dentry___named, d_iname) && \
	 bpf_core_field_offset(struct dentry___named, d_iname) == DENTRY_BYTES - sizeof(__u64))

#define DENTRY_VALUE(bytes, type, member) \
	(*(type *)((char *)(bytes) + bpf_core_field_offset(struct dentry, member)))

/* KERNEL 5.10 to 6.1: copied upwards by words, so that the sequence is read before the rest, and no
 * pointer in parts. */
static __always_inline struct dentry_view dentry_copy(__u64 *bytes, __u64 address)
{
	bpf_probe_read_kernel(bytes, DENTRY_BYTES, (const void *)address);
	return (struct dentry_view){
		.sequence = DENTRY_VALUE(bytes, __u32, d_seq.seqcount.sequence),
		.hash = DENTRY_VALUE(bytes, __u32, d_name.hash),
		.length = DENTRY_VALUE(bytes, __u32, d_name.len),
		.name = DENTRY_VALUE(bytes, __u64, d_name.name),
		.parent = DENTRY_VALUE(bytes, __u64, d_parent),
		.inode = DENTRY_VALUE(bytes, __u64, d_inode),
	};
}

/* The sequence is read first. `room` has DENTRY_BYTES_MAX, since the stack has none to spare. */
static __always_inline struct dentry_view dentry_look(__u64 *room, __u64 address, const bool typed)
{
	struct dentry *dentry = CAST(typed, struct dentry, address);
	struct dentry_view view;

	if (!typed && DENTRY_BYTES <= DENTRY_BYTES_MAX)
		return dentry_copy(room, address);
	view.sequence = dentry_sequence(dentry, typed);
	barrier();
	view.hash = READ(typed, dentry, d_name.hash);
	view.length = READ(typed, dentry, d_name.len);
	view.name = read_number(__builtin_preserve_access_index(&dentry->d_name.name), typed);
	view.parent = read_number(__builtin_preserve_access_index(&dentry->d_parent), typed);
	view.inode = read_number(__builtin_preserve_access_index(&dentry->d_inode), typed);
	return view;
}

/* The same of the name alone, with its start: valid only if the sequence is the same afterwards. */
static __always_inline struct dentry_name_view dentry_look_at_name(__u64 *room, __u64 address,
								   const bool typed)
{
	struct dentry *dentry = CAST(typed, struct dentry, address);
	__u64 last = DENTRY_BYTES - sizeof(__u64);
	struct dentry_name_view view = {};

	if (!typed && DENTRY_BYTES <= DENTRY_BYTES_MAX) {
		struct dentry_view copy = dentry_copy(room, address);

		view.sequence = copy.sequence;
		view.length = copy.length;
		if (DENTRY_HAS_NAME_LAST && copy.name == address + last)
			view.start = *(__u64 *)((char *)room + last);
		else
			view.start = read_number((const void *)copy.name, typed);
		return view;
	}
	view.sequence = dentry_sequence(dentry, typed);
	barrier();
	view.length = READ(typed, dentry, d_name.len);
	view.start = read_number(READ(typed, dentry, d_name.name), typed);
	return view;
}

#endif
