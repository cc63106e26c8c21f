/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Generated from packages/schema/src/kernel by `npm run generate`. Do not edit. */
#ifndef FIMBUL_RECORDS_GEN_H
#define FIMBUL_RECORDS_GEN_H

#include <linux/types.h>

#define PATH_BYTES_MAX 4096
#define PATH_DEPTH_MAX 1024
#define NAME_BYTES_MAX 255
#define ARGUMENT_BYTES_MAX 4096
#define CGROUP_DEPTH_MAX 32
#define RECORD_BYTES_MAX 20480
#define CGROUPS_MAX 8192
#define OBJECTS_IN_FLIGHT_MAX 1024
#define CALLS_IN_FLIGHT_MAX 4096
#define OPENS_IN_FLIGHT_MAX 4096
#define OPENS_NESTED_MAX 4
#define OBJECTS_PER_OPERATION_MAX 8
#define FILTER_NAME_BYTES_MAX 59
#define FILTER_NAME_BLOOM_BITS 16384
#define FILTER_NAMES_MAX 16384
#define FILTER_VALUE_BITS_MAX 10
#define FILTER_VALUE_BOUNDS_MAX 15
#define FILTER_TABLES_PER_VALUE_MAX 4
#define FILTER_VALUE_TABLES_MAX 1024
#define FILTER_VALUE_MASKS_MAX 131072
#define FILTER_BANKS 2
#define FILTER_PATH_DEPTH_MAX 64
#define FILESYSTEM_NAME_BYTES 16
#define FILESYSTEM_TYPES_MAX 128
#define PATH_DIRECTORIES_MAX 16384
#define FILTER_PATH_ROWS_MAX 32
#define FILTER_PATH_STATES_MAX 65536
#define FILTER_PATH_CLASSES_MAX 16384
#define FILTER_PATH_EDGES_MAX 262144
#define FILTER_PATH_AFFIXES_MAX 65535
#define FILTER_PROCESSES_MAX 16384
#define FILTER_PROCESSES_TOLD_MAX 8192
#define ANCESTORS_MAX 128
#define EARLIER_IMAGES_MAX 16
#define RING_RESERVE_PERCENT 25

enum record_kind {
	RECORD_OPEN = 0,
	RECORD_UNLINK = 1,
	RECORD_RENAME = 2,
	RECORD_CHMOD = 3,
	RECORD_EXEC = 4,
	RECORD_EXIT = 5,
	RECORD_FORK = 6,
	RECORD_CGROUP = 7,
	RECORD_COUNT = 8,
};

enum path_source {
	PATH_SOURCE_NONE = 0,
	PATH_SOURCE_KERNEL = 1,
	PATH_SOURCE_CALLER = 2,
	PATH_SOURCE_COUNT = 3,
};

enum path_flag {
	PATH_TRUNCATED = 1,
	PATH_DISCONNECTED = 2,
	PATH_UNREADABLE = 4,
	PATH_UNLINKED = 8,
	PATH_INODE_KNOWN = 16,
	PATH_BASE_UNKNOWN = 32,
	PATH_UPPER_LAYER = 64,
	PATH_LAYER_UNKNOWN = 128,
};

enum cgroup_kind {
	CGROUP_NONE = 0,
	CGROUP_ANNOUNCED = 1,
	CGROUP_PLAIN = 2,
	CGROUP_OF_CONTAINER = 3,
	CGROUP_COUNT = 4,
};

enum counter {
	COUNTER_SEEN = 0,
	COUNTER_APPROVER_DROPPED = 1,
	COUNTER_DISCARDER_DROPPED = 2,
	COUNTER_IGNORED_AGENT = 3,
	COUNTER_IGNORED_FAILED = 4,
	COUNTER_IGNORED_NOT_FILE = 5,
	COUNTER_SENT = 6,
	COUNTER_LOST_RING_FULL = 7,
	COUNTER_LOST_NO_SCRATCH = 8,
	COUNTER_LOST_CALL_TABLE_FULL = 9,
	COUNTER_LOST_END_MISSED = 10,
	COUNTER_COUNT = 11,
};

enum trouble {
	TROUBLE_USER_STRING_UNREADABLE = 0,
	TROUBLE_PATH_TRUNCATED = 1,
	TROUBLE_PATH_DISCONNECTED = 2,
	TROUBLE_DESCRIPTOR_GONE = 3,
	TROUBLE_OBJECT_TABLE_FULL = 4,
	TROUBLE_OBJECT_UNMATCHED = 5,
	TROUBLE_CGROUP_TABLE_FULL = 6,
	TROUBLE_ARGUMENTS_UNREADABLE = 7,
	TROUBLE_KERNEL_READ_FAILED = 8,
	TROUBLE_CHECK_MISSED = 9,
	TROUBLE_FILTER_PATH_CHANGED = 10,
	TROUBLE_PROCESS_TABLE_FULL = 11,
	TROUBLE_COUNT = 12,
};

enum filter_value {
	FILTER_VALUE_RESULT = 0,
	FILTER_VALUE_FLAGS = 1,
	FILTER_VALUE_CREATED = 2,
	FILTER_VALUE_MODE = 3,
	FILTER_VALUE_FILE_MODE = 4,
	FILTER_VALUE_FILE_UID = 5,
	FILTER_VALUE_FILE_GID = 6,
	FILTER_VALUE_DESTINATION_MODE = 7,
	FILTER_VALUE_DESTINATION_UID = 8,
	FILTER_VALUE_DESTINATION_GID = 9,
	FILTER_VALUE_UID = 10,
	FILTER_VALUE_GID = 11,
	FILTER_VALUE_EUID = 12,
	FILTER_VALUE_EGID = 13,
	FILTER_VALUE_FSUID = 14,
	FILTER_VALUE_FSGID = 15,
	FILTER_VALUE_AUID = 16,
	FILTER_VALUE_LINEAGE_MAY = 17,
	FILTER_VALUE_LINEAGE_MUST = 18,
	FILTER_VALUE_FILE_LAYER = 19,
	FILTER_VALUE_DESTINATION_LAYER = 20,
	FILTER_VALUE_FILE_FILESYSTEM = 21,
	FILTER_VALUE_DESTINATION_FILESYSTEM = 22,
	FILTER_VALUE_CONTAINED = 23,
	FILTER_VALUE_COUNT = 24,
};

enum path_edges {
	PATH_EDGES_EXACT = 1,
	PATH_EDGES_PREFIXES = 2,
	PATH_EDGES_SUFFIXES = 4,
};

#define PATH_EDGES_BITS 3

/* Where a variable part stands in its record. */
struct text_ref {
	__u32 offset; /* bytes from the start of the record; 0 when absent */
	__u32 length; /* bytes */
};

_Static_assert(sizeof(struct text_ref) == 8, "text_ref");
_Static_assert(__builtin_offsetof(struct text_ref, offset) == 0,
	       "text_ref.offset");
_Static_assert(__builtin_offsetof(struct text_ref, length) == 4,
	       "text_ref.length");

/* Who did it, read at the moment of the event. Ids are those of the initial namespaces. */
struct process_facts {
	__u64 start_time_ns; /* start of the thread group leader, CLOCK_BOOTTIME */
	__u64 cap_effective;
	__u64 cap_permitted;
	__u64 cgroup_id; /* kernfs id, unique within its hierarchy */
	__u32 cgroup_hierarchy; /* 0 is the unified hierarchy */
	__u32 pid; /* thread group id */
	__u32 tid;
	__u32 ppid; /* thread group of the real parent */
	__u32 uid;
	__u32 gid;
	__u32 euid;
	__u32 egid;
	__u32 fsuid;
	__u32 fsgid;
	__u32 auid;
	__u32 mount_namespace; /* inode number */
	__u32 network_namespace; /* inode number */
	__u32 pid_namespace; /* inode number */
	__u32 is_kernel_thread;
	char comm[16]; /* NUL-terminated */
	__u8 pad_0[4];
};

_Static_assert(sizeof(struct process_facts) == 112, "process_facts");
_Static_assert(__builtin_offsetof(struct process_facts, start_time_ns) == 0,
	       "process_facts.start_time_ns");
_Static_assert(__builtin_offsetof(struct process_facts, cap_effective) == 8,
	       "process_facts.cap_effective");
_Static_assert(__builtin_offsetof(struct process_facts, cap_permitted) == 16,
	       "process_facts.cap_permitted");
_Static_assert(__builtin_offsetof(struct process_facts, cgroup_id) == 24,
	       "process_facts.cgroup_id");
_Static_assert(__builtin_offsetof(struct process_facts, cgroup_hierarchy) == 32,
	       "process_facts.cgroup_hierarchy");
_Static_assert(__builtin_offsetof(struct process_facts, pid) == 36,
	       "process_facts.pid");
_Static_assert(__builtin_offsetof(struct process_facts, tid) == 40,
	       "process_facts.tid");
_Static_assert(__builtin_offsetof(struct process_facts, ppid) == 44,
	       "process_facts.ppid");
_Static_assert(__builtin_offsetof(struct process_facts, uid) == 48,
	       "process_facts.uid");
_Static_assert(__builtin_offsetof(struct process_facts, gid) == 52,
	       "process_facts.gid");
_Static_assert(__builtin_offsetof(struct process_facts, euid) == 56,
	       "process_facts.euid");
_Static_assert(__builtin_offsetof(struct process_facts, egid) == 60,
	       "process_facts.egid");
_Static_assert(__builtin_offsetof(struct process_facts, fsuid) == 64,
	       "process_facts.fsuid");
_Static_assert(__builtin_offsetof(struct process_facts, fsgid) == 68,
	       "process_facts.fsgid");
_Static_assert(__builtin_offsetof(struct process_facts, auid) == 72,
	       "process_facts.auid");
_Static_assert(__builtin_offsetof(struct process_facts, mount_namespace) == 76,
	       "process_facts.mount_namespace");
_Static_assert(__builtin_offsetof(struct process_facts, network_namespace) == 80,
	       "process_facts.network_namespace");
_Static_assert(__builtin_offsetof(struct process_facts, pid_namespace) == 84,
	       "process_facts.pid_namespace");
_Static_assert(__builtin_offsetof(struct process_facts, is_kernel_thread) == 88,
	       "process_facts.is_kernel_thread");
_Static_assert(__builtin_offsetof(struct process_facts, comm) == 92,
	       "process_facts.comm");
_Static_assert(__builtin_offsetof(struct process_facts, pad_0) == 108,
	       "process_facts.pad_0");

/* Start of every record. */
struct record_header {
	__u32 kind; /* enum record_kind */
	__u32 length; /* bytes of the record with its variable parts */
	__u64 timestamp_ns; /* CLOCK_BOOTTIME */
	__u64 sequence; /* counts the records begun by one program on this CPU */
	__u64 lanes; /* lanes of the operation that the kernel could not rule out */
	__u32 cpu;
	__u32 generation; /* of the rule set whose lanes these are; 0 for no lanes */
	struct process_facts process;
};

_Static_assert(sizeof(struct record_header) == 152, "record_header");
_Static_assert(__builtin_offsetof(struct record_header, kind) == 0,
	       "record_header.kind");
_Static_assert(__builtin_offsetof(struct record_header, length) == 4,
	       "record_header.length");
_Static_assert(__builtin_offsetof(struct record_header, timestamp_ns) == 8,
	       "record_header.timestamp_ns");
_Static_assert(__builtin_offsetof(struct record_header, sequence) == 16,
	       "record_header.sequence");
_Static_assert(__builtin_offsetof(struct record_header, lanes) == 24,
	       "record_header.lanes");
_Static_assert(__builtin_offsetof(struct record_header, cpu) == 32,
	       "record_header.cpu");
_Static_assert(__builtin_offsetof(struct record_header, generation) == 36,
	       "record_header.generation");
_Static_assert(__builtin_offsetof(struct record_header, process) == 40,
	       "record_header.process");

/* One file of an operation. */
struct file_facts {
	__u64 inode;
	__s64 change_time_ns; /* since 1970 */
	__s64 modification_time_ns; /* since 1970 */
	__u32 device; /* major << 20 | minor */
	__s32 mount_id;
	__u32 uid;
	__u32 gid;
	__u32 mode;
	__u32 link_count;
	__u16 path_source; /* enum path_source */
	__u16 path_flags; /* enum path_flag */
	struct text_ref path; /* components, leaf first; of the base directory for `caller` */
	struct text_ref caller_path; /* the string the caller passed */
	char filesystem[16]; /* NUL-terminated */
	__u8 pad_0[4];
};

_Static_assert(sizeof(struct file_facts) == 88, "file_facts");
_Static_assert(__builtin_offsetof(struct file_facts, inode) == 0,
	       "file_facts.inode");
_Static_assert(__builtin_offsetof(struct file_facts, change_time_ns) == 8,
	       "file_facts.change_time_ns");
_Static_assert(__builtin_offsetof(struct file_facts, modification_time_ns) == 16,
	       "file_facts.modification_time_ns");
_Static_assert(__builtin_offsetof(struct file_facts, device) == 24,
	       "file_facts.device");
_Static_assert(__builtin_offsetof(struct file_facts, mount_id) == 28,
	       "file_facts.mount_id");
_Static_assert(__builtin_offsetof(struct file_facts, uid) == 32,
	       "file_facts.uid");
_Static_assert(__builtin_offsetof(struct file_facts, gid) == 36,
	       "file_facts.gid");
_Static_assert(__builtin_offsetof(struct file_facts, mode) == 40,
	       "file_facts.mode");
_Static_assert(__builtin_offsetof(struct file_facts, link_count) == 44,
	       "file_facts.link_count");
_Static_assert(__builtin_offsetof(struct file_facts, path_source) == 48,
	       "file_facts.path_source");
_Static_assert(__builtin_offsetof(struct file_facts, path_flags) == 50,
	       "file_facts.path_flags");
_Static_assert(__builtin_offsetof(struct file_facts, path) == 52,
	       "file_facts.path");
_Static_assert(__builtin_offsetof(struct file_facts, caller_path) == 60,
	       "file_facts.caller_path");
_Static_assert(__builtin_offsetof(struct file_facts, filesystem) == 68,
	       "file_facts.filesystem");
_Static_assert(__builtin_offsetof(struct file_facts, pad_0) == 84,
	       "file_facts.pad_0");

/* open, openat, openat2, creat, open_by_handle_at. */
struct open_record {
	struct record_header header;
	struct file_facts file;
	__s64 retval;
	__u32 flags;
	__u32 mode; /* argument */
	__u32 created; /* 1 when this call created the file */
	__u8 pad_0[4];
};

_Static_assert(sizeof(struct open_record) == 264, "open_record");
_Static_assert(__builtin_offsetof(struct open_record, header) == 0,
	       "open_record.header");
_Static_assert(__builtin_offsetof(struct open_record, file) == 152,
	       "open_record.file");
_Static_assert(__builtin_offsetof(struct open_record, retval) == 240,
	       "open_record.retval");
_Static_assert(__builtin_offsetof(struct open_record, flags) == 248,
	       "open_record.flags");
_Static_assert(__builtin_offsetof(struct open_record, mode) == 252,
	       "open_record.mode");
_Static_assert(__builtin_offsetof(struct open_record, created) == 256,
	       "open_record.created");
_Static_assert(__builtin_offsetof(struct open_record, pad_0) == 260,
	       "open_record.pad_0");

/* unlink, unlinkat. */
struct unlink_record {
	struct record_header header;
	struct file_facts file;
	__s64 retval;
	__u32 flags;
	__u8 pad_0[4];
};

_Static_assert(sizeof(struct unlink_record) == 256, "unlink_record");
_Static_assert(__builtin_offsetof(struct unlink_record, header) == 0,
	       "unlink_record.header");
_Static_assert(__builtin_offsetof(struct unlink_record, file) == 152,
	       "unlink_record.file");
_Static_assert(__builtin_offsetof(struct unlink_record, retval) == 240,
	       "unlink_record.retval");
_Static_assert(__builtin_offsetof(struct unlink_record, flags) == 248,
	       "unlink_record.flags");
_Static_assert(__builtin_offsetof(struct unlink_record, pad_0) == 252,
	       "unlink_record.pad_0");

/* rename, renameat, renameat2. */
struct rename_record {
	struct record_header header;
	struct file_facts file;
	struct file_facts destination;
	__s64 retval;
	__u32 flags;
	__u8 pad_0[4];
};

_Static_assert(sizeof(struct rename_record) == 344, "rename_record");
_Static_assert(__builtin_offsetof(struct rename_record, header) == 0,
	       "rename_record.header");
_Static_assert(__builtin_offsetof(struct rename_record, file) == 152,
	       "rename_record.file");
_Static_assert(__builtin_offsetof(struct rename_record, destination) == 240,
	       "rename_record.destination");
_Static_assert(__builtin_offsetof(struct rename_record, retval) == 328,
	       "rename_record.retval");
_Static_assert(__builtin_offsetof(struct rename_record, flags) == 336,
	       "rename_record.flags");
_Static_assert(__builtin_offsetof(struct rename_record, pad_0) == 340,
	       "rename_record.pad_0");

/* chmod, fchmod, fchmodat, fchmodat2. `file.mode` is the mode before. */
struct chmod_record {
	struct record_header header;
	struct file_facts file;
	__s64 retval;
	__u32 mode_after;
	__u32 mode_before_known;
};

_Static_assert(sizeof(struct chmod_record) == 256, "chmod_record");
_Static_assert(__builtin_offsetof(struct chmod_record, header) == 0,
	       "chmod_record.header");
_Static_assert(__builtin_offsetof(struct chmod_record, file) == 152,
	       "chmod_record.file");
_Static_assert(__builtin_offsetof(struct chmod_record, retval) == 240,
	       "chmod_record.retval");
_Static_assert(__builtin_offsetof(struct chmod_record, mode_after) == 248,
	       "chmod_record.mode_after");
_Static_assert(__builtin_offsetof(struct chmod_record, mode_before_known) == 252,
	       "chmod_record.mode_before_known");

/* A program started in a process. */
struct exec_record {
	struct record_header header;
	struct file_facts file; /* the image that runs (an interpreter, for a script) */
	struct file_facts script; /* the script, as the caller named it; path_source none if not one */
	struct text_ref arguments; /* NUL-terminated each */
	__u32 arguments_truncated;
	char tty[32]; /* NUL-terminated */
	__u8 pad_0[4];
};

_Static_assert(sizeof(struct exec_record) == 376, "exec_record");
_Static_assert(__builtin_offsetof(struct exec_record, header) == 0,
	       "exec_record.header");
_Static_assert(__builtin_offsetof(struct exec_record, file) == 152,
	       "exec_record.file");
_Static_assert(__builtin_offsetof(struct exec_record, script) == 240,
	       "exec_record.script");
_Static_assert(__builtin_offsetof(struct exec_record, arguments) == 328,
	       "exec_record.arguments");
_Static_assert(__builtin_offsetof(struct exec_record, arguments_truncated) == 336,
	       "exec_record.arguments_truncated");
_Static_assert(__builtin_offsetof(struct exec_record, tty) == 340,
	       "exec_record.tty");
_Static_assert(__builtin_offsetof(struct exec_record, pad_0) == 372,
	       "exec_record.pad_0");

/* A process was created. `header.process` is the child. */
struct fork_record {
	struct record_header header;
	__u64 creator_start_time_ns;
	__u32 creator_pid; /* who called fork; the parent unless CLONE_PARENT */
	__u8 pad_0[4];
};

_Static_assert(sizeof(struct fork_record) == 168, "fork_record");
_Static_assert(__builtin_offsetof(struct fork_record, header) == 0,
	       "fork_record.header");
_Static_assert(__builtin_offsetof(struct fork_record, creator_start_time_ns) == 152,
	       "fork_record.creator_start_time_ns");
_Static_assert(__builtin_offsetof(struct fork_record, creator_pid) == 160,
	       "fork_record.creator_pid");
_Static_assert(__builtin_offsetof(struct fork_record, pad_0) == 164,
	       "fork_record.pad_0");

/* The last thread of a process ended. */
struct exit_record {
	struct record_header header;
	__u32 status; /* as wait(2) reports it */
	__u8 pad_0[4];
};

_Static_assert(sizeof(struct exit_record) == 160, "exit_record");
_Static_assert(__builtin_offsetof(struct exit_record, header) == 0,
	       "exit_record.header");
_Static_assert(__builtin_offsetof(struct exit_record, status) == 152,
	       "exit_record.status");
_Static_assert(__builtin_offsetof(struct exit_record, pad_0) == 156,
	       "exit_record.pad_0");

/* The path of a control group, sent before the first record that names it. */
struct cgroup_record {
	struct record_header header;
	struct text_ref path; /* components, leaf first */
	__u32 path_flags; /* enum path_flag */
	__u8 pad_0[4];
};

_Static_assert(sizeof(struct cgroup_record) == 168, "cgroup_record");
_Static_assert(__builtin_offsetof(struct cgroup_record, header) == 0,
	       "cgroup_record.header");
_Static_assert(__builtin_offsetof(struct cgroup_record, path) == 152,
	       "cgroup_record.path");
_Static_assert(__builtin_offsetof(struct cgroup_record, path_flags) == 160,
	       "cgroup_record.path_flags");
_Static_assert(__builtin_offsetof(struct cgroup_record, pad_0) == 164,
	       "cgroup_record.pad_0");

/* The filter of one operation in one bank; the value of the map `filter_operations`. */
struct filter_operation {
	__u64 lanes; /* all lanes of the operation */
	__u64 source_other_names;
	__u64 source_long_names;
	__u64 destination_other_names;
	__u64 destination_long_names;
	__u64 any_source_path; /* lanes that no path of the source rules out */
	__u64 any_destination_path;
	__u64 any_process; /* lanes that no program and no ancestor rules out */
	__u64 without_flags; /* lanes left where none of `flags` is set */
	__u32 all_failures; /* 1: failed calls other than EACCES and EPERM too */
	__u32 generation; /* of the rule set */
	__u32 name_table; /* of the names of the source; the next is of the destination */
	__u32 path_start; /* state where paths begin */
	__u32 source_row; /* in the classes of paths */
	__u32 destination_row;
	__u32 program_row; /* in the classes of programs */
	__u32 flags; /* bits that the tables of flags look at */
	__u32 values; /* bit n: the value n of enum filter_value has tables */
	__u16 value_tables[24]; /* by enum filter_value: the first table */
	__u8 pad_0[4];
};

_Static_assert(sizeof(struct filter_operation) == 160, "filter_operation");
_Static_assert(__builtin_offsetof(struct filter_operation, lanes) == 0,
	       "filter_operation.lanes");
_Static_assert(__builtin_offsetof(struct filter_operation, source_other_names) == 8,
	       "filter_operation.source_other_names");
_Static_assert(__builtin_offsetof(struct filter_operation, source_long_names) == 16,
	       "filter_operation.source_long_names");
_Static_assert(__builtin_offsetof(struct filter_operation, destination_other_names) == 24,
	       "filter_operation.destination_other_names");
_Static_assert(__builtin_offsetof(struct filter_operation, destination_long_names) == 32,
	       "filter_operation.destination_long_names");
_Static_assert(__builtin_offsetof(struct filter_operation, any_source_path) == 40,
	       "filter_operation.any_source_path");
_Static_assert(__builtin_offsetof(struct filter_operation, any_destination_path) == 48,
	       "filter_operation.any_destination_path");
_Static_assert(__builtin_offsetof(struct filter_operation, any_process) == 56,
	       "filter_operation.any_process");
_Static_assert(__builtin_offsetof(struct filter_operation, without_flags) == 64,
	       "filter_operation.without_flags");
_Static_assert(__builtin_offsetof(struct filter_operation, all_failures) == 72,
	       "filter_operation.all_failures");
_Static_assert(__builtin_offsetof(struct filter_operation, generation) == 76,
	       "filter_operation.generation");
_Static_assert(__builtin_offsetof(struct filter_operation, name_table) == 80,
	       "filter_operation.name_table");
_Static_assert(__builtin_offsetof(struct filter_operation, path_start) == 84,
	       "filter_operation.path_start");
_Static_assert(__builtin_offsetof(struct filter_operation, source_row) == 88,
	       "filter_operation.source_row");
_Static_assert(__builtin_offsetof(struct filter_operation, destination_row) == 92,
	       "filter_operation.destination_row");
_Static_assert(__builtin_offsetof(struct filter_operation, program_row) == 96,
	       "filter_operation.program_row");
_Static_assert(__builtin_offsetof(struct filter_operation, flags) == 100,
	       "filter_operation.flags");
_Static_assert(__builtin_offsetof(struct filter_operation, values) == 104,
	       "filter_operation.values");
_Static_assert(__builtin_offsetof(struct filter_operation, value_tables) == 108,
	       "filter_operation.value_tables");
_Static_assert(__builtin_offsetof(struct filter_operation, pad_0) == 156,
	       "filter_operation.pad_0");

/* How a table tells values apart; an entry of the map `filter_value_tables`. */
struct filter_value_table {
	__u32 first_mask; /* in the map `filter_value_masks` */
	__u16 is_bits; /* 1: positions of bits, 0: last numbers of classes */
	__u16 has_next; /* 1: the next table is about the same value */
	__u32 operands[16]; /* padded with what never is */
};

_Static_assert(sizeof(struct filter_value_table) == 72, "filter_value_table");
_Static_assert(__builtin_offsetof(struct filter_value_table, first_mask) == 0,
	       "filter_value_table.first_mask");
_Static_assert(__builtin_offsetof(struct filter_value_table, is_bits) == 4,
	       "filter_value_table.is_bits");
_Static_assert(__builtin_offsetof(struct filter_value_table, has_next) == 6,
	       "filter_value_table.has_next");
_Static_assert(__builtin_offsetof(struct filter_value_table, operands) == 8,
	       "filter_value_table.operands");

/* Key of the map `filter_names`. */
struct filter_name_key {
	__u32 table; /* (bank * RECORD_COUNT + record_kind) << 1 | destination */
	char name[60]; /* padded with NUL */
};

_Static_assert(sizeof(struct filter_name_key) == 64, "filter_name_key");
_Static_assert(__builtin_offsetof(struct filter_name_key, table) == 0,
	       "filter_name_key.table");
_Static_assert(__builtin_offsetof(struct filter_name_key, name) == 4,
	       "filter_name_key.name");

/* A Bloom filter of the names of a table, by length and first 8 bytes; an entry of the map `filter_name_blooms`. */
struct filter_name_bloom {
	__u64 words[256];
};

_Static_assert(sizeof(struct filter_name_bloom) == 2048, "filter_name_bloom");
_Static_assert(__builtin_offsetof(struct filter_name_bloom, words) == 0,
	       "filter_name_bloom.words");

/* A state of the path automaton. Targets of `inner` are states, of `final` classes. */
struct filter_path_state {
	__u32 inner_other; /* for names that have no edge of their own */
	__u32 inner_long; /* for names that are longer than FILTER_NAME_BYTES_MAX */
	__u32 final_other; /* the same for the last component of a path */
	__u32 final_long;
	__u32 alive; /* class of the lanes that some path from here does not rule out */
	__u32 edges; /* enum path_edges of `inner`, and of `final` << PATH_EDGES_BITS */
};

_Static_assert(sizeof(struct filter_path_state) == 24, "filter_path_state");
_Static_assert(__builtin_offsetof(struct filter_path_state, inner_other) == 0,
	       "filter_path_state.inner_other");
_Static_assert(__builtin_offsetof(struct filter_path_state, inner_long) == 4,
	       "filter_path_state.inner_long");
_Static_assert(__builtin_offsetof(struct filter_path_state, final_other) == 8,
	       "filter_path_state.final_other");
_Static_assert(__builtin_offsetof(struct filter_path_state, final_long) == 12,
	       "filter_path_state.final_long");
_Static_assert(__builtin_offsetof(struct filter_path_state, alive) == 16,
	       "filter_path_state.alive");
_Static_assert(__builtin_offsetof(struct filter_path_state, edges) == 20,
	       "filter_path_state.edges");

/* Key of the map `filter_path_edges`. */
struct filter_path_edge_key {
	__u32 from; /* state << 2 | pair << 1 | final */
	char name[60]; /* padded with NUL; of a pair the numbers of its prefix and suffix */
};

_Static_assert(sizeof(struct filter_path_edge_key) == 64, "filter_path_edge_key");
_Static_assert(__builtin_offsetof(struct filter_path_edge_key, from) == 0,
	       "filter_path_edge_key.from");
_Static_assert(__builtin_offsetof(struct filter_path_edge_key, name) == 4,
	       "filter_path_edge_key.name");

/* Key of the map `filter_path_affixes`. */
struct filter_path_affix_key {
	__u32 bits; /* of `from` and the name */
	__u32 from; /* state << 2 | suffix << 1 | final */
	char name[64]; /* start of a name; for suffixes, of a name spelled backwards */
};

_Static_assert(sizeof(struct filter_path_affix_key) == 72, "filter_path_affix_key");
_Static_assert(__builtin_offsetof(struct filter_path_affix_key, bits) == 0,
	       "filter_path_affix_key.bits");
_Static_assert(__builtin_offsetof(struct filter_path_affix_key, from) == 4,
	       "filter_path_affix_key.from");
_Static_assert(__builtin_offsetof(struct filter_path_affix_key, name) == 8,
	       "filter_path_affix_key.name");

/* What is asked of programs, in one bank; the value of the map `filter_programs`. */
struct filter_programs {
	__u32 generation; /* of the rule set */
	__u32 is_asked; /* 1: some rule asks; the rest has no meaning otherwise */
	__u32 path_start; /* state where paths of programs begin */
	__u32 every_row; /* in the classes: a bit in each */
	__u32 atom_row; /* in the classes: atoms that may hold */
	__u32 no_atom_row; /* in the classes: atoms that may not hold */
};

_Static_assert(sizeof(struct filter_programs) == 24, "filter_programs");
_Static_assert(__builtin_offsetof(struct filter_programs, generation) == 0,
	       "filter_programs.generation");
_Static_assert(__builtin_offsetof(struct filter_programs, is_asked) == 4,
	       "filter_programs.is_asked");
_Static_assert(__builtin_offsetof(struct filter_programs, path_start) == 8,
	       "filter_programs.path_start");
_Static_assert(__builtin_offsetof(struct filter_programs, every_row) == 12,
	       "filter_programs.every_row");
_Static_assert(__builtin_offsetof(struct filter_programs, atom_row) == 16,
	       "filter_programs.atom_row");
_Static_assert(__builtin_offsetof(struct filter_programs, no_atom_row) == 20,
	       "filter_programs.no_atom_row");

/* What rules ask of a process; the value of the maps of processes. */
struct filter_process {
	__u64 start_time_ns; /* of the key, for readers while entries are replaced */
	__u64 pid; /* of the key */
	__u64 image; /* time of the exec; 0: before the probe. Copies share it */
	__u32 generation; /* of the rule set that the rest belongs to; 0 for none */
	__u32 program_class; /* of the path of what runs; ~0 is unknown */
	__u32 lineage_may; /* atoms that may hold of an ancestor */
	__u32 lineage_must; /* atoms that hold of one for certain */
	__u16 ancestors; /* how many; ~0 when some are left out or not known */
	__u16 earlier_images; /* how many of them are of this process */
	__u32 is_exec; /* 0: a copy of its creator, which runs what that one ran */
};

_Static_assert(sizeof(struct filter_process) == 48, "filter_process");
_Static_assert(__builtin_offsetof(struct filter_process, start_time_ns) == 0,
	       "filter_process.start_time_ns");
_Static_assert(__builtin_offsetof(struct filter_process, pid) == 8,
	       "filter_process.pid");
_Static_assert(__builtin_offsetof(struct filter_process, image) == 16,
	       "filter_process.image");
_Static_assert(__builtin_offsetof(struct filter_process, generation) == 24,
	       "filter_process.generation");
_Static_assert(__builtin_offsetof(struct filter_process, program_class) == 28,
	       "filter_process.program_class");
_Static_assert(__builtin_offsetof(struct filter_process, lineage_may) == 32,
	       "filter_process.lineage_may");
_Static_assert(__builtin_offsetof(struct filter_process, lineage_must) == 36,
	       "filter_process.lineage_must");
_Static_assert(__builtin_offsetof(struct filter_process, ancestors) == 40,
	       "filter_process.ancestors");
_Static_assert(__builtin_offsetof(struct filter_process, earlier_images) == 42,
	       "filter_process.earlier_images");
_Static_assert(__builtin_offsetof(struct filter_process, is_exec) == 44,
	       "filter_process.is_exec");

/* Any record. */
union record {
	struct open_record open;
	struct unlink_record unlink;
	struct rename_record rename;
	struct chmod_record chmod;
	struct exec_record exec;
	struct exit_record exit;
	struct fork_record fork;
	struct cgroup_record cgroup;
};

#endif
