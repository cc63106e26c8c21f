/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* exec: a process runs another program. */
#ifndef FIMBUL_EVENTS_EXEC_H
#define FIMBUL_EVENTS_EXEC_H

#include "lib/caller_path.h"
#include "lib/cgroup_announce.h"
#include "lib/process_filter.h"

#define USER_PAGE_BYTES 4096

static __always_inline void exec_arguments_append(struct scratch *scratch,
						  struct exec_record *record,
						  struct task_struct *task, const bool typed)
{
	struct mm_struct *mm = READ(typed, task, mm);
	__u64 start, length;
	__u32 at = scratch->length;

	if (!mm || at > RECORD_BYTES_MAX)
		return;
	start = READ(typed, mm, arg_start);
	length = READ(typed, mm, arg_end) - start;
	if (length > ARGUMENT_BYTES_MAX) {
		length = ARGUMENT_BYTES_MAX;
		record->arguments_truncated = 1;
	}
	if (bpf_probe_read_user(&scratch->record[at], length, (void *)start)) {
		count_trouble(TROUBLE_ARGUMENTS_UNREADABLE);
		record->arguments_truncated = 1;
		/* Some page is not there; the first one may be. */
		length = USER_PAGE_BYTES - (start & (USER_PAGE_BYTES - 1));
		if (length > ARGUMENT_BYTES_MAX ||
		    bpf_probe_read_user(&scratch->record[at], length, (void *)start))
			return;
	}
	record->arguments.offset = at;
	record->arguments.length = length;
	scratch->length = at + length;
}

static __always_inline bool exec_is_script(struct linux_binprm *program, const bool typed)
{
	return READ(typed, program, filename) != READ(typed, program, interp);
}

/* Of a script only the caller's string is known, which is no path to go by. */
static __always_inline bool exec_is_classified(const struct filter_programs *programs,
					       struct linux_binprm *program, const bool typed)
{
	return programs && programs->is_asked && !exec_is_script(program, typed);
}

/* A script is what the caller named; the image that runs is its interpreter. */
static __always_inline void exec_script_append(struct scratch *scratch, struct exec_record *record,
					       struct task_struct *task,
					       struct linux_binprm *program, const bool typed)
{
	struct file_facts *script = &record->script;
	const char *name = READ(typed, program, filename);
	__u32 at = scratch->length;
	struct position base;
	long length;

	if (!exec_is_script(program, typed) || at > RECORD_BYTES_MAX)
		return;
	length = bpf_probe_read_kernel_str(&scratch->record[at], PATH_BYTES_MAX, name);
	if (length < 1) {
		count_trouble(TROUBLE_KERNEL_READ_FAILED);
		return;
	}
	script->path_source = PATH_SOURCE_CALLER;
	script->caller_path.offset = at;
	script->caller_path.length = length - 1;
	scratch->length = at + (__u32)length;
	base = caller_base(task, AT_FDCWD, scratch->record[at] == '/', typed);
	if (base.dentry)
		path_resolve(scratch, PROGRAM_EXEC, &base, &script->path, &script->path_flags);
	else
		script->path_flags |= PATH_BASE_UNKNOWN;
}

static __always_inline void exec_terminal(struct exec_record *record, struct task_struct *task,
					  const bool typed)
{
	struct signal_struct *signal = READ(typed, task, signal);
	struct tty_struct *terminal = READ(typed, signal, tty);

	if (terminal)
		bpf_core_read_str(record->tty, sizeof(record->tty), &terminal->name);
}

static __always_inline void exec_end(struct task_struct *task, struct linux_binprm *program,
				     const bool typed)
{
	const struct filter_programs *programs = programs_asked();
	struct scratch *scratch = scratch_of(PROGRAM_EXEC);
	struct process_key key = process_key_of(task, typed);
	bool is_classified = exec_is_classified(programs, program, typed);
	__u32 path_class = PROGRAM_CLASS_UNKNOWN;
	struct exec_record *record;
	struct position position;
	struct file *file;

	count(RECORD_EXEC, COUNTER_SEEN);
	if (!scratch) {
		process_executed_note(programs, &key, bpf_ktime_get_boot_ns(), path_class);
		return count(RECORD_EXEC, COUNTER_LOST_NO_SCRATCH);
	}
	cgroup_announce(PROGRAM_EXEC);
	record = record_begin(scratch, struct exec_record);
	record_header_fill(&record->header, RECORD_EXEC, scratch);
	process_fill(&record->header.process, task, typed);
	file = READ(typed, program, file);
	position = position_of(&file->f_path, typed);
	if (is_classified)
		program_class_begin(scratch, PROGRAM_EXEC, programs, &position);
	file_resolve(scratch, PROGRAM_EXEC, &record->file, &position, typed);
	if (is_classified)
		path_class = program_class_end(scratch, PROGRAM_EXEC);
	process_executed_note(programs, &key, record->header.timestamp_ns, path_class);
	exec_script_append(scratch, record, task, program, typed);
	exec_arguments_append(scratch, record, task, typed);
	exec_terminal(record, task, typed);
	record_send(scratch, RECORD_EXEC);
}

#endif
