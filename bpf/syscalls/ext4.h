/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The mode of an ext4 inode before a chmod: the inode in memory has changed when tracepoints show
 * it, but the block of the inode table in the page cache has not yet. The block follows from the
 * group descriptors, its buffer from the page cache of the device; that the bytes found are the
 * inode's own is known from the generation, a random number that both hold.
 */
#ifndef FIMBUL_SYSCALLS_EXT4_H
#define FIMBUL_SYSCALLS_EXT4_H

#include "lib/read.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct ext4_sb_info {
	unsigned long s_desc_size;
	unsigned long s_inodes_per_block;
	unsigned long s_inodes_per_group;
	unsigned long s_desc_per_block;
	struct buffer_head **s_group_desc;
	int s_inode_size;
};

struct buffer_head {
	struct buffer_head *b_this_page;
	unsigned long b_blocknr;
	char *b_data;
};

struct xarray {
	void *xa_head;
};

struct address_space {
	struct xarray i_pages;
};

struct inode___mapping {
	struct address_space *i_mapping;
};

/* KERNEL 6.11: the device has its mapping; before, its inode has. */
struct block_device {
	struct inode *bd_inode;
	struct address_space *bd_mapping;
};

struct super_block___ext4 {
	unsigned char s_blocksize_bits;
	struct block_device *s_bdev;
	void *s_fs_info;
};

struct xa_node {
	unsigned char shift;
	void *slots[64];
};

struct page {
	unsigned long private;
};

#pragma clang attribute pop

#define EXT4_SUPER_MAGIC 0xef53
/* On disk: struct ext4_group_desc and struct ext4_inode. */
#define EXT4_GROUP_INODE_TABLE_LOW 0x08
#define EXT4_GROUP_INODE_TABLE_HIGH 0x28
#define EXT4_GROUP_BYTES_WITH_HIGH 64
#define EXT4_INODE_MODE 0x00
#define EXT4_INODE_GENERATION 0x64

#define PAGE_SHIFT 12
#define XARRAY_LEVELS_MAX 7
#define BUFFERS_PER_PAGE_MAX 8

struct ext4_place {
	__u64 block;
	__u64 offset; /* in the block */
};

static __always_inline bool ext4_find_inode(struct ext4_place *place, struct ext4_sb_info *info,
					    __u64 number)
{
	__u64 per_group = BPF_CORE_READ(info, s_inodes_per_group);
	__u64 per_block = BPF_CORE_READ(info, s_inodes_per_block);
	__u64 groups_per_block = BPF_CORE_READ(info, s_desc_per_block);
	__u64 group_bytes = BPF_CORE_READ(info, s_desc_size);
	__u64 group, index, buffer;
	__u32 low = 0, high = 0;
	char *descriptor;

	if (!per_group || !per_block || !groups_per_block || !number)
		return false;
	group = (number - 1) / per_group;
	index = (number - 1) % per_group;
	buffer = read_number(BPF_CORE_READ(info, s_group_desc) + group / groups_per_block, false);
	descriptor = BPF_CORE_READ((struct buffer_head *)buffer, b_data) +
		     group % groups_per_block * group_bytes;
	if (bpf_probe_read_kernel(&low, sizeof(low), descriptor + EXT4_GROUP_INODE_TABLE_LOW))
		return false;
	if (group_bytes >= EXT4_GROUP_BYTES_WITH_HIGH)
		bpf_probe_read_kernel(&high, sizeof(high),
				      descriptor + EXT4_GROUP_INODE_TABLE_HIGH);
	place->block = ((__u64)high << 32 | low) + index / per_block;
	place->offset = index % per_block * (__u32)BPF_CORE_READ(info, s_inode_size);
	return true;
}

static __always_inline struct address_space *device_mapping(struct block_device *device)
{
	struct inode___mapping *inode;

	if (bpf_core_field_exists(struct block_device, bd_mapping))
		return BPF_CORE_READ(device, bd_mapping);
	inode = (void *)BPF_CORE_READ(device, bd_inode);
	return BPF_CORE_READ(inode, i_mapping);
}

/* The page at an index of a page cache; 0 when it is not there. */
static __always_inline __u64 page_find(struct address_space *mapping, __u64 index)
{
	__u64 entry = (__u64)BPF_CORE_READ(mapping, i_pages.xa_head);

	for (__u32 level = 0; level < XARRAY_LEVELS_MAX; level++) {
		struct xa_node *node = (struct xa_node *)(entry - 2);
		__u32 slot;

		/* include/linux/xarray.h: 10 in the low bits is an inner node, 00 a page, and
		 * anything else stands for a page that is not there. */
		if ((entry & 3) == 0)
			return entry;
		if ((entry & 3) != 2 || entry <= 4096)
			return 0;
		slot = index >> BPF_CORE_READ(node, shift) & 63;
		entry = read_number((void *)node + bpf_core_field_offset(struct xa_node, slots) +
					    slot * sizeof(void *),
				    false);
	}
	return 0;
}

/* The bytes of a block in the page cache of its device; 0 when they are not there. */
static __always_inline __u64 block_find(struct super_block___ext4 *super_block, __u64 block)
{
	struct address_space *mapping = device_mapping(BPF_CORE_READ(super_block, s_bdev));
	__u32 bits = BPF_CORE_READ(super_block, s_blocksize_bits) & 31;
	__u64 index =
		bits > PAGE_SHIFT ? block << (bits - PAGE_SHIFT) : block >> (PAGE_SHIFT - bits);
	__u64 page = page_find(mapping, index);
	struct buffer_head *buffer;

	if (!page)
		return 0;
	buffer = (struct buffer_head *)BPF_CORE_READ((struct page *)page, private);
	for (__u32 i = 0; i < BUFFERS_PER_PAGE_MAX; i++) {
		if (!buffer)
			return 0;
		if (BPF_CORE_READ(buffer, b_blocknr) == block)
			return (__u64)BPF_CORE_READ(buffer, b_data);
		buffer = BPF_CORE_READ(buffer, b_this_page);
	}
	return 0;
}

/* The mode in the inode table, or 0 when it cannot be known.
 * VERIFIER: global, so that it is verified once and by itself. */
__noinline __u32 ext4_mode_on_disk(__u64 address)
{
	struct inode *inode = (struct inode *)address;
	struct super_block *super_block = BPF_CORE_READ(inode, i_sb);
	struct super_block___ext4 *ext4 = (void *)super_block;
	struct ext4_place place = {};
	__u32 generation = 0;
	__u16 mode = 0;
	__u64 bytes;

	/* Absent where ext4 is a module of a kernel that has no types for modules (5.10). */
	if (!bpf_core_type_exists(struct ext4_sb_info))
		return 0;
	if (BPF_CORE_READ(super_block, s_magic) != EXT4_SUPER_MAGIC)
		return 0;
	if (!ext4_find_inode(&place, BPF_CORE_READ(ext4, s_fs_info), BPF_CORE_READ(inode, i_ino)))
		return 0;
	bytes = block_find(ext4, place.block);
	if (!bytes)
		return 0;
	bytes += place.offset;
	bpf_probe_read_kernel(&generation, sizeof(generation),
			      (void *)bytes + EXT4_INODE_GENERATION);
	if (!generation || generation != BPF_CORE_READ(inode, i_generation))
		return 0;
	bpf_probe_read_kernel(&mode, sizeof(mode), (void *)bytes + EXT4_INODE_MODE);
	return mode;
}

#endif
