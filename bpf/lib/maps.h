/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * All maps: who writes, who reads, and what happens when one is full. User space sizes `ring` and
 * the tables of the filter before load; everything else is fixed here or in the schema's limits.
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

/* Of what is copied of a dentry: more than any kernel has there without lock debugging. */
#define DENTRY_BYTES_MAX 72

/* Where a name of a path stands. */
struct path_filter_name {
	__u64 address;
	__u32 length;
	__u32 padding;
};

/* A directory and where its path leads in the automaton: a verdict that the filter has learned.
 * It holds for as long as nothing on the way up was renamed or moved. */
struct path_directory {
	__u64 dentry;
	__u64 mount;
	__u64 identity; /* what tells it from another directory that came to stand there */
	__u64 fold; /* of all that its path is made of */
	__u64 stamp; /* of the kernel's own locks; PATH_STAMP_NONE where they do not tell */
	__u32 generation; /* of the rule set */
	__u32 state;
	__u32 alive; /* the class of the state */
	__u16 depth; /* names of its path */
	__u16 bytes; /* of these and a slash for each */
	__u64 check; /* of all the others: entries are written without a lock */
};

/* Directories in pairs that their addresses choose; a new one takes the place of one of the pair.
 * Written by programs, never by user space. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, PATH_DIRECTORIES_MAX);
	__type(key, __u32);
	__type(value, struct path_directory);
} path_directories SEC(".maps");

/* A path on its way through the path automaton, in memory so that the iterations of its loops look
 * alike to the verifier. */
struct path_filter {
	__u64 dentry; /* where the climb is */
	__u64 mount;
	__u64 lanes; /* that are left */
	__u64 file; /* dentry whose name is the first one; 0 when that was given */
	__u64 fold; /* of the last climb */
	volatile __u64 number; /* room to make one of a pointer */
	__u32 file_sequence; /* of that dentry, when its name was noted */
	__u32 stage; /* enum path_filter_stage */
	__u32 row;
	__u32 count; /* names that are noted, later those that are left */
	__u32 is_complete; /* the climb has come to the root of the mount namespace */
	__u32 is_learned; /* the directory's state was known from an earlier visit */
	__u32 directory_only; /* the name is not asked about yet */
	__u32 start; /* the state where paths begin */
	__u32 path_class; /* of the whole path, once it is found */
	__u32 padding;
	struct path_directory directory; /* of the file */
	struct filter_path_affix_key affix;
	struct filter_path_edge_key edge;
	__u64 name_at_end[8];
	__u64 dentry_bytes[DENTRY_BYTES_MAX / 8];
	struct path_filter_name names[FILTER_PATH_DEPTH_MAX]; /* the file's first */
};

/* A record under construction, and the position of the path walk that fills it. */
struct scratch {
	struct path_filter path_filter;
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

/* The bank whose rule set serves, read once for each event. Written by user space. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} filter_bank SEC(".maps");

/* Key: bank * RECORD_COUNT + enum record_kind. Written by user space. An entry says where its bank
 * begins in all tables that follow. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, FILTER_BANKS *RECORD_COUNT);
	__type(key, __u32);
	__type(value, struct filter_operation);
} filter_operations SEC(".maps");

/* Name → lanes it does not rule out. Written by user space, which refuses to pass the bound. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct filter_name_key);
	__type(value, __u64);
} filter_names SEC(".maps");

/* Key: as `table` of struct filter_name_key. Written by user space. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, FILTER_BANKS *RECORD_COUNT * 2);
	__type(key, __u32);
	__type(value, struct filter_name_bloom);
} filter_name_blooms SEC(".maps");

/* Tables of values, and the masks of their classes: lanes that these do not rule out. Written by
 * user space, which refuses to pass the bounds. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct filter_value_table);
} filter_value_tables SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} filter_value_masks SEC(".maps");

/* The path automaton. Written by user space, which refuses to pass the bounds. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct filter_path_state);
} filter_path_states SEC(".maps");

/* Name that a state has an edge for, or pair of a prefix and a suffix → its target. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct filter_path_edge_key);
	__type(value, __u32);
} filter_path_edges SEC(".maps");

/* Start of a name, forwards or backwards → number of the prefix or suffix. */
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__type(key, struct filter_path_affix_key);
	__type(value, __u32);
} filter_path_affixes SEC(".maps");

/* By row: lanes that the paths of a class do not rule out. */
struct filter_path_class {
	__u64 lanes[FILTER_PATH_ROWS_MAX];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct filter_path_class);
} filter_path_classes SEC(".maps");

struct cgroup_key {
	__u64 id;
	__u64 hierarchy;
};

/* Control groups already announced, and what user space makes of their paths: enum cgroup_kind.
 * Full: the one not named for longest is announced again. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, CGROUPS_MAX);
	__type(key, struct cgroup_key);
	__type(value, __u8);
} cgroups_announced SEC(".maps");

struct filesystem_key {
	char name[FILESYSTEM_NAME_BYTES];
};

/* Numbers of types of filesystems that rules may name. Written by user space before anything is
 * attached. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, FILESYSTEM_TYPES_MAX);
	__type(key, struct filesystem_key);
	__type(value, __u32);
} filter_filesystems SEC(".maps");

struct process_key {
	__u64 start_time_ns;
	__u64 pid;
};

/* What is asked of programs. Key: bank. Written by user space. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, FILTER_BANKS);
	__type(key, __u32);
	__type(value, struct filter_programs);
} filter_programs SEC(".maps");

/* Processes since their fork or exec. Written by the programs of processes. Full: the process is
 * not known to the filter, counted. Nothing is ever pushed out: an entry that is missing must not
 * look like one that never was. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, FILTER_PROCESSES_MAX);
	__type(key, struct process_key);
	__type(value, struct filter_process);
} filter_processes SEC(".maps");

/* Processes as user space knows them: those from before the probe, and all of them after another
 * rule set began to serve. They hold while the process runs the image that they tell of. Starts are
 * those of ticks. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, FILTER_PROCESSES_TOLD_MAX);
	__type(key, struct process_key);
	__type(value, struct filter_process);
} filter_processes_told SEC(".maps");

/* 1 once a process found no room in `filter_processes`: without an entry there it may have run
 * something else since user space told of it. Written by programs. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} filter_processes_missing SEC(".maps");

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
