/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Through which mount did a task reach a dentry? Filesystem tracepoints carry dentries without one.
 * It is certain in two cases: the dentry's directory is the one the caller's string starts from, or
 * the filesystem is mounted once in the task's namespace. Anything else stays unknown.
 */
#ifndef FIMBUL_SYSCALLS_MOUNT_H
#define FIMBUL_SYSCALLS_MOUNT_H

#include "lib/file.h"

/* Mounts of one filesystem looked at; with more, the mount is unknown. */
#define MOUNTS_OF_FILESYSTEM_MAX 256

static __always_inline __u64 mount_first(struct super_block *super_block, const bool typed)
{
	struct super_block___chain *chain = (void *)super_block;

	if (bpf_core_field_exists(struct mount___chain, mnt_next_for_sb))
		return (__u64)BPF_CORE_READ(chain, s_mounts);
	return (__u64)BPF_CORE_READ(super_block, s_mounts.next) -
	       bpf_core_field_offset(struct mount, mnt_instance);
}

static __always_inline __u64 mount_next(__u64 address)
{
	struct mount___chain *chain = (void *)address;
	struct mount *mount = (void *)address;

	if (bpf_core_field_exists(struct mount___chain, mnt_next_for_sb))
		return (__u64)BPF_CORE_READ(chain, mnt_next_for_sb);
	return (__u64)BPF_CORE_READ(mount, mnt_instance.next) -
	       bpf_core_field_offset(struct mount, mnt_instance);
}

/* The address at which the list of a filesystem's mounts ends. */
static __always_inline __u64 mount_end(struct super_block *super_block)
{
	if (bpf_core_field_exists(struct mount___chain, mnt_next_for_sb))
		return 0;
	return (__u64)super_block + bpf_core_field_offset(struct super_block, s_mounts) -
	       bpf_core_field_offset(struct mount, mnt_instance);
}

/* Looks at the mounts of a filesystem for one that is in the namespace, and for a second.
 * VERIFIER: where the walk stands and what it found are in the scratch, as for paths. */
static __always_inline __u64 mount_find_only(struct scratch *scratch,
					     struct super_block *super_block, __u64 mount_namespace,
					     const bool typed)
{
	__u64 end = mount_end(super_block);

	scratch->walk_mount = mount_first(super_block, typed);
	scratch->walk_dentry = 0;
	for (__u32 i = 0; i < MOUNTS_OF_FILESYSTEM_MAX; i++) {
		struct mount *mount = CAST(typed, struct mount, scratch->walk_mount);

		if (scratch->walk_mount == end)
			return scratch->walk_dentry;
		if ((__u64)READ(typed, mount, mnt_ns) == mount_namespace) {
			if (scratch->walk_dentry)
				return 0;
			scratch->walk_dentry = scratch->walk_mount;
		}
		scratch->walk_mount = mount_next(scratch->walk_mount);
	}
	return 0;
}

/* The only mount of a filesystem in a mount namespace; 0 when there is none or more than one.
 * VERIFIER: global, so that its loop is verified once; hence addresses in place of pointers. */
__noinline __u64 mount_only(__u64 super_block, __u64 mount_namespace)
{
	struct scratch *scratch = scratch_of(PROGRAM_SYS_EXIT);

	if (!scratch)
		return 0;
	if (typed_reads)
		return mount_find_only(scratch, CAST(true, struct super_block, super_block),
				       mount_namespace, true);
	return mount_find_only(scratch, (struct super_block *)super_block, mount_namespace, false);
}

#endif
