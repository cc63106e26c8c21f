/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Kernel objects of unlink, rename and chmod, where system calls only have strings. While a task is
 * inside one of these calls, filesystem tracepoints (timestamps, dirtied inodes, ext4's unlink)
 * show the inodes it touches; they are remembered until the call returns. The file of the operation
 * is then the object that the kernel is seen to have unlinked, moved, or dirtied first.
 */
#ifndef FIMBUL_SYSCALLS_OBJECTS_H
#define FIMBUL_SYSCALLS_OBJECTS_H

#include "lib/counters.h"
#include "lib/object.h"
#include "syscalls/ext4.h"
#include "syscalls/mount.h"
#include "syscalls/syscall.h"

static __always_inline bool objects_wanted(enum syscall syscall)
{
	return syscall >= SYSCALL_UNLINK && syscall <= SYSCALL_FCHMODAT2;
}

/* A system call whose objects are wanted, as a tracepoint finds it under way. */
struct syscall_under_way {
	enum syscall syscall;
	__u64 fold;
};

/* The call that the current task is in, if its objects are wanted and it does its own work: an
 * overlay filesystem works on its layers with the credentials of whoever mounted it. */
static __always_inline struct syscall_under_way syscall_under_way(struct task_struct *task,
								  const bool typed)
{
	struct syscall_under_way call = { SYSCALL_OTHER, 0 };
	struct syscall_arguments arguments;
	enum syscall syscall;
	struct pt_regs *regs;

	regs = syscall_registers(task, typed);
	syscall = syscall_of_registers(task, regs, typed);
	if (!objects_wanted(syscall) || READ(typed, task, cred) != READ(typed, task, real_cred))
		return call;
	arguments = syscall_arguments_of(task, regs, typed);
	call.syscall = syscall;
	call.fold = syscall_fold(syscall, &arguments);
	return call;
}

/* The objects of the current task's call; null when there are none. Where the end of an earlier
 * call was missed (KERNEL 7.0: a preempted program makes others skip it) its objects are no one's.
 */
static __always_inline struct objects *objects_of_call(__u64 fold)
{
	__u64 key = bpf_get_current_pid_tgid();
	struct objects *objects = bpf_map_lookup_elem(&objects_in_flight, &key);

	if (objects && objects->call != fold)
		return 0;
	return objects;
}

static __always_inline struct objects *objects_begin(__u64 fold)
{
	__u64 key = bpf_get_current_pid_tgid();
	struct objects *objects = bpf_map_lookup_elem(&objects_in_flight, &key);
	struct objects *empty;
	__u32 zero = 0;

	if (objects && objects->call == fold)
		return objects;
	empty = bpf_map_lookup_elem(&objects_empty, &zero);
	if (!empty)
		return 0;
	if (bpf_map_update_elem(&objects_in_flight, &key, empty, BPF_ANY)) {
		count_trouble(TROUBLE_OBJECT_TABLE_FULL);
		return 0;
	}
	objects = bpf_map_lookup_elem(&objects_in_flight, &key);
	if (objects)
		objects->call = fold;
	return objects;
}

static __always_inline void objects_forget(void)
{
	__u64 key = bpf_get_current_pid_tgid();

	bpf_map_delete_elem(&objects_in_flight, &key);
}

/* The dentry of an inode, if it has exactly one: then it is the one that the call holds. */
static __always_inline __u64 dentry_only(struct inode *inode, const bool typed)
{
	__u64 alias = (__u64)READ(typed, inode, i_dentry.first);
	struct hlist_node *node = CAST(typed, struct hlist_node, alias);

	if (!alias || READ(typed, node, next))
		return 0;
	if (bpf_core_field_exists(struct dentry___unnamed, d_alias))
		return alias - bpf_core_field_offset(struct dentry___unnamed, d_alias);
	return alias - bpf_core_field_offset(struct dentry, d_u.d_alias);
}

_Static_assert((OBJECTS_PER_OPERATION_MAX & (OBJECTS_PER_OPERATION_MAX - 1)) == 0,
	       "slots are masked");

/* The slot of an inode: its own, or the one whose object is the oldest. */
static __always_inline struct object *objects_slot(struct objects *objects, struct inode *inode)
{
	__u32 slot;

	for (__u32 i = 0; i < OBJECTS_PER_OPERATION_MAX; i++) {
		if (objects->list[i].inode_address == (__u64)inode)
			return &objects->list[i];
	}
	slot = objects->added++ & (OBJECTS_PER_OPERATION_MAX - 1);
	objects->list[slot].dentry = 0;
	return &objects->list[slot];
}

/* The mode on disk is the one before as long as it differs; once it does not, the first one read
 * for the inode stands: the change was none, or is on disk by now. */
static __always_inline void objects_learn_mode(struct objects *objects, const struct object *object)
{
	/* VERIFIER: a global function takes a number; what comes from memory is one. */
	__u64 inode = *(volatile const __u64 *)&object->inode_address;
	__u32 mode = ext4_mode_on_disk(inode);

	if (objects->mode_before_inode == inode && mode == object->facts.mode)
		return;
	objects->mode_before_inode = inode;
	objects->mode_before = mode;
}

/* Remembers an inode that the current call touches, as it is now. A dentry of 0 stands for the
 * inode's only one; without that an inode still is the file of a chmod, without its path. */
static __always_inline void objects_touch(struct inode *inode, __u64 dentry, const bool typed)
{
	struct task_struct *task = task_current(typed);
	struct objects *objects;
	struct object *object;
	struct syscall_under_way call;

	/* VERIFIER: an argument of a module's tracepoint may be null to it (KERNEL 6.12.y, 6.13).
	 */
	if (!inode)
		return;
	call = syscall_under_way(task, typed);
	if (call.syscall == SYSCALL_OTHER)
		return;
	/* Following a link updates its time of access; a chmod never changes a link. */
	if (call.syscall >= SYSCALL_CHMOD && (READ(typed, inode, i_mode) & S_IFMT) == S_IFLNK)
		return;
	objects = objects_begin(call.fold);
	if (!objects)
		return;
	object = objects_slot(objects, inode);
	object->touched = ++objects->touches;
	object->inode_address = (__u64)inode;
	if (!dentry && !object->dentry)
		dentry = dentry_only(inode, typed);
	if (dentry)
		object_place(object, dentry, typed);
	inode_facts(&object->facts, inode, typed);
	if (call.syscall >= SYSCALL_CHMOD)
		objects_learn_mode(objects, object);
}

static __always_inline void objects_touch_dentry(struct dentry *dentry, const bool typed)
{
	struct inode *inode;

	/* VERIFIER: as in objects_touch. */
	if (!dentry)
		return;
	inode = READ(typed, dentry, d_inode);
	if (inode)
		objects_touch(inode, (__u64)dentry, typed);
}

/* The dentry is still where it was when the call touched it. */
static __always_inline bool object_is_in_place(const struct object *object, const bool typed)
{
	struct dentry *dentry = CAST(typed, struct dentry, object->dentry);

	return (__u64)READ(typed, dentry, d_parent) == object->parent &&
	       READ(typed, dentry, d_name.hash) == object->name_hash &&
	       READ(typed, dentry, d_name.len) == object->name_length;
}

static __always_inline bool object_is_moved(const struct object *object, const bool typed)
{
	struct dentry *dentry = CAST(typed, struct dentry, object->dentry);

	return object->dentry && (__u64)READ(typed, dentry, d_inode) == object->inode_address &&
	       !object_is_in_place(object, typed);
}

static __always_inline bool object_is_unlinked(const struct object *object, const bool typed)
{
	struct dentry *dentry = CAST(typed, struct dentry, object->dentry);

	/* The call never unlinks a directory. */
	if (!object->dentry || (object->facts.mode & S_IFMT) == S_IFDIR)
		return false;
	return (__u64)READ(typed, dentry, d_inode) != object->inode_address ||
	       dentry_is_unhashed(dentry, typed);
}

/* VERIFIER: the choice is memory, so that the paths of the loops that choose merge. */
static __always_inline void objects_choose_none(struct objects *objects)
{
	objects->chosen_touched = 0;
}

/* Takes the object of a slot if it was touched later than the one taken so far. */
static __always_inline void objects_choose_later(struct objects *objects, __u32 slot)
{
	if (objects->list[slot].touched <= objects->chosen_touched)
		return;
	objects->chosen = slot;
	objects->chosen_touched = objects->list[slot].touched;
}

static __always_inline struct object *objects_chosen(struct objects *objects)
{
	if (!objects->chosen_touched)
		return 0;
	return &objects->list[objects->chosen & (OBJECTS_PER_OPERATION_MAX - 1)];
}

/* The mount that the caller reached a directory through; 0 when it is not certain. It is the one
 * of the directory that the string starts from when the string is a mere name in it. */
static __always_inline __u64 object_mount(__u64 directory_address, const struct position *base,
					  const struct caller_string *string,
					  struct task_struct *task, const bool typed)
{
	struct dentry *directory = (struct dentry *)directory_address;
	struct nsproxy *nsproxy = READ(typed, task, nsproxy);
	__u64 super_block = 0, mount_namespace = 0;

	if (string && base->dentry == directory_address && caller_is_name((__u64)string->address))
		return base->mount;
	if (!nsproxy)
		return 0;
	/* VERIFIER: a global function takes numbers, and a typed pointer is none. */
	bpf_core_read(&super_block, sizeof(super_block), &directory->d_sb);
	bpf_core_read(&mount_namespace, sizeof(mount_namespace), &nsproxy->mnt_ns);
	return mount_only(super_block, mount_namespace);
}

static __always_inline void object_locate(struct located *located, int directory,
					  const struct caller_string *string,
					  struct task_struct *task, const bool typed)
{
	located->base = caller_base(task, directory, caller_is_absolute(string), typed);
	if (located->object && located->object->dentry)
		located->mount =
			object_mount(located->object->parent, &located->base, string, task, typed);
}

#endif
