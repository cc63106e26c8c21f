/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the kernel knows of a file: the facts of its inode, and the file behind a descriptor. */
#ifndef FIMBUL_LIB_FILE_H
#define FIMBUL_LIB_FILE_H

#include "include/records.gen.h"
#include "lib/path.h"
#include "lib/read.h"

static __always_inline __s64 timespec_ns(const struct timespec64 *address)
{
	struct timespec64 time = {};

	bpf_core_read(&time, sizeof(time), address);
	return time.tv_sec * NSEC_PER_SEC + time.tv_nsec;
}

static __always_inline void inode_times(struct file_facts *facts, struct inode *inode,
					const bool typed)
{
	struct inode___timespec *older = (void *)inode;

	/* KERNEL 6.11: i_ctime and i_mtime were split into seconds and nanoseconds.
	 * KERNEL 6.13: the top bit of i_ctime_nsec tells that the time was queried. */
	if (bpf_core_field_exists(struct inode, i_ctime_sec)) {
		facts->change_time_ns = READ(typed, inode, i_ctime_sec) * NSEC_PER_SEC +
					(READ(typed, inode, i_ctime_nsec) & 0x7fffffff);
		facts->modification_time_ns = READ(typed, inode, i_mtime_sec) * NSEC_PER_SEC +
					      READ(typed, inode, i_mtime_nsec);
		return;
	}
	if (bpf_core_field_exists(struct inode___timespec, __i_ctime))
		facts->change_time_ns = timespec_ns(&older->__i_ctime);
	else
		facts->change_time_ns = timespec_ns(&older->i_ctime);
	if (bpf_core_field_exists(struct inode___timespec, __i_mtime))
		facts->modification_time_ns = timespec_ns(&older->__i_mtime);
	else
		facts->modification_time_ns = timespec_ns(&older->i_mtime);
}

#define OVERLAYFS_SUPER_MAGIC 0x794c7630

/* Whether the file of an overlay has left its image, or never was in it. KERNEL 5.10 to 7.2: the
 * inode of an overlay is within a struct ovl_inode, and the dentry of the upper layer after it. */
static __always_inline bool inode_is_upper(struct inode *inode, const bool typed)
{
	struct super_block *super_block = READ(typed, inode, i_sb);

	if (READ(typed, super_block, s_magic) != OVERLAYFS_SUPER_MAGIC)
		return false;
	return read_number((void *)inode + bpf_core_type_size(struct inode), false) != 0;
}

/* Address of the name of the filesystem's type. */
static __always_inline __u64 inode_filesystem(struct inode *inode, const bool typed)
{
	struct super_block *super_block = READ(typed, inode, i_sb);
	struct file_system_type *type = READ(typed, super_block, s_type);

	return (__u64)READ(typed, type, name);
}

static __always_inline void inode_facts(struct file_facts *facts, struct inode *inode,
					const bool typed)
{
	struct super_block *super_block = READ(typed, inode, i_sb);

	facts->inode = READ(typed, inode, i_ino);
	facts->mode = READ(typed, inode, i_mode);
	facts->uid = READ(typed, inode, i_uid.val);
	facts->gid = READ(typed, inode, i_gid.val);
	facts->link_count = READ(typed, inode, i_nlink);
	facts->device = READ(typed, super_block, s_dev);
	inode_times(facts, inode, typed);
	bpf_probe_read_kernel_str(facts->filesystem, sizeof(facts->filesystem),
				  (void *)inode_filesystem(inode, typed));
	facts->path_flags |= PATH_INODE_KNOWN;
	if (inode_is_upper(inode, typed))
		facts->path_flags |= PATH_UPPER_LAYER;
}

/* The file behind a descriptor of the current task; null when it is gone. */
static __always_inline struct file *file_of_descriptor(struct task_struct *task, int descriptor,
						       const bool typed)
{
	struct files_struct *files = READ(typed, task, files);
	struct fdtable *table;

	if (!files || descriptor < 0)
		return 0;
	table = READ(typed, files, fdt);
	if ((__u32)descriptor >= READ(typed, table, max_fds))
		return 0;
	return (struct file *)read_number(READ(typed, table, fd) + descriptor, typed);
}

/* Files of the kernel's internal mounts (pipes, sockets, memfd) have no place in any tree. */
static __always_inline bool position_is_internal(const struct position *position, const bool typed)
{
	struct mount *mount = CAST(typed, struct mount, position->mount);

	return IS_ERROR_POINTER(READ(typed, mount, mnt_ns));
}

/* Whether a mount's namespace is none that a process could be in: the mount was detached, or never
 * attached. */
static __always_inline bool mount_namespace_is_nobodys(struct mnt_namespace *mount_namespace,
						       const bool typed)
{
	__u32 number;

	if (!mount_namespace)
		return true;
	number = READ(typed, mount_namespace, ns.inum);
	if (bpf_core_enum_value_exists(enum init_ns_ino, MNT_NS_ANON_INO))
		return number == (__u32)bpf_core_enum_value(enum init_ns_ino, MNT_NS_ANON_INO);
	/* Anonymous namespaces have no number before that. */
	return number == 0;
}

static __always_inline bool position_is_detached(const struct position *position, const bool typed)
{
	struct mount *mount = CAST(typed, struct mount, position->mount);

	return mount_namespace_is_nobodys(READ(typed, mount, mnt_ns), typed);
}

/* Neither internal nor detached: the position has a path. */
static __always_inline bool position_is_attached(const struct position *position, const bool typed)
{
	struct mount *mount = CAST(typed, struct mount, position->mount);
	struct mnt_namespace *mount_namespace = READ(typed, mount, mnt_ns);

	return !IS_ERROR_POINTER(mount_namespace) &&
	       !mount_namespace_is_nobodys(mount_namespace, typed);
}

/* The root of a filesystem is never hashed, and has not lost its name for that. */
static __always_inline bool dentry_is_unhashed(struct dentry *dentry, const bool typed)
{
	return !READ(typed, dentry, d_hash.pprev) && READ(typed, dentry, d_parent) != dentry;
}

/* Facts and kernel path of the file at a position. */
static __always_inline void file_resolve(struct scratch *scratch, __u32 program,
					 struct file_facts *facts, const struct position *position,
					 const bool typed)
{
	struct dentry *dentry = CAST(typed, struct dentry, position->dentry);
	struct mount *mount = CAST(typed, struct mount, position->mount);
	struct inode *inode = CAST(typed, struct inode, READ(typed, dentry, d_inode));

	facts->path_source = PATH_SOURCE_KERNEL;
	facts->mount_id = READ(typed, mount, mnt_id);
	if (inode)
		inode_facts(facts, inode, typed);
	if (dentry_is_unhashed(dentry, typed) && !position_is_mount_root(position, typed))
		facts->path_flags |= PATH_UNLINKED;
	if (position_is_detached(position, typed))
		facts->path_flags |= PATH_DISCONNECTED;
	path_resolve(scratch, program, position, &facts->path, &facts->path_flags);
}

#endif
