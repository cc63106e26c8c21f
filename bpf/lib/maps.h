/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * All maps: who writes, who reads, and what happens when one is full. User space may raise the
 * entries of `ring` before load; everything else is fixed here or in the schema's limits.
 */
#ifndef FIMBUL_LIB_MAPS_H
#define FIMBUL_LIB_MAPS_H

#include "include/kernel.h"
#include "include/records.gen.h"

/* Programs that build records, each with state of its own: the kernel never runs one of them twice
 * at a time on a CPU, so nothing here needs a lock, even where programs are preempted. (LSM
 * programs may be run twice; they build no records.) A plan has one program for each slot. */
enum program_slot {
	PROGRAM_SYS_EXIT,
	PROGRAM_OPEN,
	PROGRAM_OPEN_BY_ROOT,
	PROGRAM_UNLINK,
	PROGRAM_RENAME,
	PROGRAM_CHMOD,
	PROGRAM_CHMOD_SYSCALL,
	PROGRAM_EXEC,
	PROGRAM_FORK,
	PROGRAM_EXIT,
	PROGRAM_COUNT,
};

/* Every event, in one order. Full: the event is counted as lost. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 * 1024 * 1024);
} ring SEC(".maps");

/* 1 while the agent sleeps until it is woken. Written by both: set by user space, cleared by the
 * program that wakes it. While it is 0 the agent looks into the ring by itself, every few
 * milliseconds, and no event pays for a wake-up. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} consumer_sleeps SEC(".maps");

struct counters {
	__u64 value[COUNTER_COUNT];
};

/* Key: enum record_kind. Written by programs, summed by user space. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, RECORD_COUNT);
	__type(key, __u32);
	__type(value, struct counters);
} counters SEC(".maps");

/* Key: enum trouble. Written by programs, summed by user space. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, TROUBLE_COUNT);
	__type(key, __u32);
	__type(value, __u64);
} troubles SEC(".maps");

/* A record under construction, and the position of the path walk that fills it. */
struct scratch {
	__u64 sequence;
	__u64 walk_dentry;
	__u64 walk_mount;
	__u32 walk_flags;
	__u32 walk_end; /* the path may not grow past this offset in the record */
	__u32 length; /* bytes of the record so far */
	__u32 padding;
	/* Room for a name after any offset that the bounds checks admit. */
	char record[RECORD_BYTES_MAX + PATH_BYTES_MAX];
};

/* Key: enum program_slot. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, PROGRAM_COUNT);
	__type(key, __u32);
	__type(value, struct scratch);
} scratch SEC(".maps");

/* Key: enum record_kind. Written by user space. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, RECORD_COUNT);
	__type(key, __u32);
	__type(value, struct filter_operation);
} filter_operations SEC(".maps");

/* Name → lanes it does not rule out. Written by user space, which refuses to pass the bound. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, FILTER_NAMES_MAX);
	__type(key, struct filter_name_key);
	__type(value, __u64);
} filter_names SEC(".maps");

/* Index: the tracked bits of open's flags. Written by user space. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1 << FILTER_FLAG_BITS_MAX);
	__type(key, __u32);
	__type(value, __u64);
} filter_flags SEC(".maps");

struct cgroup_key {
	__u64 id;
	__u64 hierarchy;
};

/* Control groups already announced. Full: the one not named for longest is announced again. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, CGROUPS_MAX);
	__type(key, struct cgroup_key);
	__type(value, __u8);
} cgroups_announced SEC(".maps");

struct process_key {
	__u64 start_time_ns;
	__u64 pid;
};

/* Processes whose end was reported while several of their threads were ending. Full: the oldest
 * goes, whose threads have long ended. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct process_key);
	__type(value, __u8);
} processes_ended SEC(".maps");

/* A kernel object that an operation in flight was seen to touch. */
struct object {
	__u64 inode_address;
	__u64 dentry;
	__u64 parent;
	__u64 parent_inode;
	__u32 name_hash;
	__u32 name_length;
	__u32 touched; /* when it was touched last, counted in touches of the call; 0 is never */
	__u32 padding;
	struct file_facts facts;
	char name[NAME_BYTES_MAX + 1];
};

struct objects {
	__u64 call; /* number and arguments of the system call, folded */
	__u64 mode_before_inode;
	__u32 touches;
	__u32 added; /* objects so far; the latest OBJECTS_PER_OPERATION_MAX are kept */
	__u32 mode_before; /* of a chmod; 0 when it cannot be known */
	__u32 chosen; /* slot of the object that fits best so far */
	__u32 chosen_touched; /* 0 while none fits */
	__u32 padding;
	struct object list[OBJECTS_PER_OPERATION_MAX];
};

/* Key: pid_tgid of the task inside unlink, rename or chmod. Full: the caller's path serves. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, OBJECTS_IN_FLIGHT_MAX);
	__type(key, __u64);
	__type(value, struct objects);
} objects_in_flight SEC(".maps");

/* An empty value to insert, since one does not fit on the stack. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct objects);
} objects_empty SEC(".maps");

#endif
