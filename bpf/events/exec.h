/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* exec: a process runs another program. */
#ifndef FIMBUL_EVENTS_EXEC_H
#define FIMBUL_EVENTS_EXEC_H

#include "lib/caller_path.h"
#include "lib/cgroup_announce.h"

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

	if (name == READ(typed, program, interp) || at > RECORD_BYTES_MAX)
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
	struct scratch *scratch = scratch_of(PROGRAM_EXEC);
	struct exec_record *record;
	struct position position;
	struct file *file;

	count(RECORD_EXEC, COUNTER_SEEN);
	if (!scratch)
		return count(RECORD_EXEC, COUNTER_LOST_NO_SCRATCH);
	cgroup_announce(PROGRAM_EXEC);
	record = record_begin(scratch, struct exec_record);
	record_header_fill(&record->header, RECORD_EXEC, scratch);
	process_fill(&record->header.process, task, typed);
	file = READ(typed, program, file);
	position = position_of(&file->f_path);
	file_resolve(scratch, PROGRAM_EXEC, &record->file, &position, typed);
	exec_script_append(scratch, record, task, program, typed);
	exec_arguments_append(scratch, record, task, typed);
	exec_terminal(record, task, typed);
	record_send(scratch, RECORD_EXEC);
}

#endif
