/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the filter knows of processes: the class of the program that one runs, and what its
 * ancestors ran, which are its creator, that one's creator, and the images that each of them had
 * before. Kept at fork and exec; what is not known, or belongs to another rule set, rules out
 * nothing.
 */
#ifndef FIMBUL_LIB_PROCESS_FILTER_H
#define FIMBUL_LIB_PROCESS_FILTER_H

#include "lib/filter_values.h"
#include "lib/program_class.h"

#define START_TICK_NS 10000000

/* As `ancestors`: there are more, or it is not known how many. */
#define ANCESTORS_UNKNOWN 0xffff

static __always_inline struct process_key process_key_of(struct task_struct *task, const bool typed)
{
	struct task_struct *leader = READ(typed, task, group_leader);

	return (struct process_key){
		.start_time_ns = READ(typed, leader, start_boottime),
		.pid = READ(typed, task, tgid),
	};
}

/* User space knows when a process started to the tick of /proc: 1 / USER_HZ of a second. */
static __always_inline struct process_key process_key_told(const struct process_key *key)
{
	return (struct process_key){
		.start_time_ns = key->start_time_ns - key->start_time_ns % START_TICK_NS,
		.pid = key->pid,
	};
}

/* What is asked of programs now; null while nothing serves. */
static __always_inline const struct filter_programs *programs_asked(void)
{
	__u32 key = 0;
	__u32 *bank = bpf_map_lookup_elem(&filter_bank, &key);

	key = bank ? *bank : 0;
	return bpf_map_lookup_elem(&filter_programs, &key);
}

/* Copies an entry. False when it is that of another process: one may have taken its place. */
static __always_inline bool process_copy(struct filter_process *process,
					 const struct filter_process *entry,
					 const struct process_key *key)
{
	*process = *entry;
	return process->start_time_ns == key->start_time_ns && process->pid == key->pid;
}

static __always_inline void process_forget_lineage(struct filter_process *process)
{
	process->lineage_may = ~0U;
	process->lineage_must = 0;
	process->ancestors = ANCESTORS_UNKNOWN;
}

/* Nothing is certain of a process of which nothing is known. */
static __always_inline void process_forget_all(struct filter_process *process)
{
	process->generation = 0;
	process->program_class = PROGRAM_CLASS_UNKNOWN;
	process_forget_lineage(process);
}

/* Finds a process as a rule set asks for it. False when that is not known; the image is then the
 * one that it runs, 0 for one from before the probe. */
static __always_inline bool process_find(struct filter_process *process,
					 const struct process_key *key, __u32 generation)
{
	struct filter_process *entry = bpf_map_lookup_elem(&filter_processes, key);
	struct process_key told = process_key_told(key);
	__u32 zero = 0;
	__u64 image = 0;
	__u32 *missing;

	if (entry) {
		if (!process_copy(process, entry, key))
			return false;
		if (process->generation == generation)
			return true;
		image = process->image;
	} else {
		missing = bpf_map_lookup_elem(&filter_processes_missing, &zero);
		if (!missing || *missing)
			return false;
	}
	entry = bpf_map_lookup_elem(&filter_processes_told, &told);
	if (!entry || !process_copy(process, entry, &told)) {
		process->image = image;
		return false;
	}
	if (process->generation == generation && process->image == image)
		return true;
	process->image = image;
	return false;
}

static __always_inline void process_put(struct filter_process *process,
					const struct process_key *key)
{
	__u32 zero = 0, one = 1;

	process->start_time_ns = key->start_time_ns;
	process->pid = key->pid;
	if (!bpf_map_update_elem(&filter_processes, key, process, BPF_ANY))
		return;
	/* Before any event of the process, so that none is judged by what user space told. */
	bpf_map_update_elem(&filter_processes_missing, &zero, &one, BPF_ANY);
	bpf_map_delete_elem(&filter_processes, key);
	count_trouble(TROUBLE_PROCESS_TABLE_FULL);
}

static __always_inline __u64 program_class_row(__u32 path_class, __u32 row, __u64 unknown)
{
	struct filter_path_class *found = bpf_map_lookup_elem(&filter_path_classes, &path_class);

	return found ? found->lanes[row & (FILTER_PATH_ROWS_MAX - 1)] : unknown;
}

/* What a process runs becomes what an ancestor ran. Of too many, user space leaves out some, so
 * that nothing is known of them; `is_own`: of too many of the same process as well. */
static __always_inline void process_add_ancestor(struct filter_process *process,
						 const struct filter_programs *programs,
						 const bool is_own)
{
	__u32 path_class = process->program_class;

	if (process->ancestors >= ANCESTORS_MAX ||
	    (is_own && process->earlier_images >= EARLIER_IMAGES_MAX - 1))
		return process_forget_lineage(process);
	process->ancestors++;

	process->lineage_may |= program_class_row(path_class, programs->atom_row, ~0ULL);
	process->lineage_must |= ~program_class_row(path_class, programs->no_atom_row, ~0ULL);
}

/* The process that a fork made, before it runs. */
static __always_inline void process_forked_note(const struct process_key *creator,
						const struct process_key *child)
{
	const struct filter_programs *programs = programs_asked();
	struct filter_process process = {};

	if (!programs)
		return;
	if (process_find(&process, creator, programs->generation)) {
		process_add_ancestor(&process, programs, false);
	} else {
		process_forget_all(&process);
		/* User space may come to know another creator of it than this one. */
		if (!process.image)
			process.image = bpf_ktime_get_boot_ns();
	}
	process.earlier_images = 0;
	process.is_exec = 0;
	process_put(&process, child);
}

/* The process after an exec, before it goes on. */
static __always_inline void process_executed_note(const struct filter_programs *programs,
						  const struct process_key *key, __u64 image,
						  __u32 path_class)
{
	struct filter_process process = {};

	if (!programs)
		return;
	if (!process_find(&process, key, programs->generation)) {
		process_forget_all(&process);
	} else if (process.is_exec) {
		process_add_ancestor(&process, programs, true);
		process.earlier_images++;
	}
	process.generation = programs->generation;
	process.image = image;
	process.program_class = path_class;
	process.is_exec = 1;
	process_put(&process, key);
}

/* The process is gone. */
static __always_inline void process_ended_note(const struct process_key *key)
{
	struct process_key told = process_key_told(key);

	bpf_map_delete_elem(&filter_processes, key);
	bpf_map_delete_elem(&filter_processes_told, &told);
}

/* VERIFIER: global, so that it is verified once; the operation is a key of `filter_operations`. */
__noinline __u64 process_filter_lanes(__u32 operation)
{
	struct filter_operation *filter = bpf_map_lookup_elem(&filter_operations, &operation);
	struct process_key key = typed_reads ? process_key_of(task_current(true), true)
					     : process_key_of(task_current(false), false);
	struct filter_process process = {};

	if (!filter || !process_find(&process, &key, filter->generation))
		return ~0ULL;
	return program_class_row(process.program_class, filter->program_row, ~0ULL) &
	       filter_by_value(filter, FILTER_VALUE_LINEAGE_MAY, process.lineage_may) &
	       filter_by_value(filter, FILTER_VALUE_LINEAGE_MUST, process.lineage_must);
}

/* Lanes left by what the current process and its ancestors run. */
static __always_inline __u64 filter_by_process(const struct filter_operation *filter, __u64 lanes)
{
	/* With a lane left that no process rules out, the event cannot be dropped. */
	if (!lanes || lanes & filter->any_process)
		return lanes;
	return lanes & process_filter_lanes(filter->name_table >> 1);
}

#endif
