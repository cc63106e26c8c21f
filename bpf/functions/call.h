/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * An operation under way in a function of the kernel. Its begin notes who asked for what, its check
 * (the kernel asks its security modules about the objects, just before it changes them) notes the
 * objects, their mount and their state, and its end tells how it went. What passes between these
 * programs is kept with the task where that is found without a lock (6.2, as typed reads), and
 * else, or when the kernel has no room to give, in a table. A check may be preempted by another
 * task's.
 */
#ifndef FIMBUL_FUNCTIONS_CALL_H
#define FIMBUL_FUNCTIONS_CALL_H

#include "lib/counters.h"
#include "lib/object.h"

/* Arguments of a function, whatever way a hook has them. */
struct arguments {
	__u64 value[5];
};

struct call {
	__u32 kind; /* enum record_kind */
	__u16 is_under_way;
	__u8 is_in_table;
	__u8 is_checked; /* the members from `mount` on are known */
	__u32 flags;
	__u32 mode;
	int directory;
	int destination_directory;
	struct caller_string string;
	struct caller_string destination_string;
	struct position position; /* of a chmod */
	__u64 mount; /* of the object */
	__u64 destination_mount;
	struct object object;
	struct object destination;
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct call);
} calls_of_tasks SEC(".maps");

/* Key: pid_tgid of the task inside unlink, rename or chmod. Full: the call is counted as lost. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, CALLS_IN_FLIGHT_MAX);
	__type(key, __u64);
	__type(value, struct call);
} calls SEC(".maps");

/* An empty value to insert, since one does not fit on the stack. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct call);
} call_empty SEC(".maps");

/* A call whose end was missed. Newer kernels (6.7) count for themselves what they miss of a kprobe;
 * then it is told twice. */
static __always_inline void call_count_missed(enum record_kind kind)
{
	count(kind, COUNTER_SEEN);
	count(kind, COUNTER_LOST_END_MISSED);
}

/* The call that the current task is in, of any kind; null when it is in none. A task that has
 * storage has nothing in the table: it gets storage only while it has not. */
static __always_inline struct call *call_find(const bool typed)
{
	__u64 key = bpf_get_current_pid_tgid();
	struct call *call = TASK_STORAGE(typed, calls_of_tasks, 0);

	if (call)
		return call->is_under_way ? call : 0;
	return bpf_map_lookup_elem(&calls, &key);
}

/* Room for a call of a task that is in none; null without any. */
static __always_inline struct call *call_make_room(const bool typed)
{
	__u64 key = bpf_get_current_pid_tgid();
	struct call *call = TASK_STORAGE(typed, calls_of_tasks, TASK_STORAGE_CREATE);
	struct call *empty;
	__u32 zero = 0;

	if (call) {
		__builtin_memset(call, 0, sizeof(*call));
		return call;
	}
	empty = bpf_map_lookup_elem(&call_empty, &zero);
	if (!empty || bpf_map_update_elem(&calls, &key, empty, BPF_ANY))
		return 0;
	call = bpf_map_lookup_elem(&calls, &key);
	if (call)
		call->is_in_table = true;
	return call;
}

static __always_inline void call_forget(struct call *call)
{
	__u64 key = bpf_get_current_pid_tgid();

	call->is_under_way = false;
	if (call->is_in_table)
		bpf_map_delete_elem(&calls, &key);
}

/* Begins a call of the current task; null when it cannot be kept, counted. What is still there is a
 * call whose end was missed. */
static __always_inline struct call *call_begin(enum record_kind kind, const bool typed)
{
	struct call *call = call_find(typed);

	if (call) {
		if (call->kind < RECORD_COUNT)
			call_count_missed(call->kind);
		call_forget(call);
	}
	call = call_make_room(typed);
	if (!call) {
		count(kind, COUNTER_SEEN);
		count(kind, COUNTER_LOST_CALL_TABLE_FULL);
		return 0;
	}
	call->kind = kind;
	call->is_under_way = true;
	return call;
}

/* The call of this kind that the current task is in; null when it began before we looked. */
static __always_inline struct call *call_under_way(enum record_kind kind, const bool typed)
{
	struct call *call = call_find(typed);

	return call && call->kind == kind ? call : 0;
}

/* The call of this kind that is checked. Where its begin was missed it begins now, and lacks what
 * its caller asked for. */
static __always_inline struct call *call_checked(enum record_kind kind, const bool typed)
{
	struct call *call = call_under_way(kind, typed);

	if (!call)
		call = call_begin(kind, typed);
	if (call)
		call->is_checked = true;
	return call;
}

/* A call that succeeds has always been checked. */
static __always_inline void call_expect_checked(const struct call *call, long retval)
{
	if (retval == 0 && !call->is_checked)
		count_trouble(TROUBLE_CHECK_MISSED);
}

/* The caller's string in a name that the kernel has copied. Where the copy is freed before the
 * call returns, its address at the caller. */
static __always_inline struct caller_string caller_string_of_name(struct filename *name,
								  const bool typed)
{
	struct filename___caller *older = (void *)name;

	if (bpf_core_field_exists(struct filename___caller, uptr))
		return caller_string_of_user((__u64)BPF_CORE_READ(older, uptr));
	return (struct caller_string){ READ(typed, name, name), true };
}

/* The directory of an object is still what it was: it was not freed after the call let it go. */
static __always_inline bool object_stands(const struct object *object, const bool typed)
{
	struct dentry *parent = CAST(typed, struct dentry, object->parent);

	return (__u64)READ(typed, parent, d_inode) == object->parent_inode;
}

/* Notes an object at its place. A place without a file takes the facts of none. */
static __always_inline void call_note_object(struct object *object, struct dentry *dentry,
					     const bool typed)
{
	__u64 inode_address = (__u64)READ(typed, dentry, d_inode);
	struct inode *inode = CAST(typed, struct inode, inode_address);

	object_place(object, (__u64)dentry, typed);
	object->inode_address = inode_address;
	if (inode_address)
		inode_facts(&object->facts, inode, typed);
}

/* What is known at the end of a call about its file. */
static __always_inline void call_locate(struct located *located, const struct call *call,
					struct task_struct *task, const bool typed)
{
	if (call->is_checked) {
		located->object = &call->object;
		if (object_stands(&call->object, typed)) {
			located->mount = call->mount;
			return;
		}
		count_trouble(TROUBLE_OBJECT_UNMATCHED);
	}
	located->base =
		caller_base(task, call->directory, caller_is_absolute(&call->string), typed);
}

#endif
