/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A path known only as the caller's string. The record carries the string and the kernel path of
 * the directory it starts from: the root of the process for an absolute one (it may be a chroot),
 * else the working directory or the descriptor's directory. User space joins the two.
 */
#ifndef FIMBUL_LIB_CALLER_PATH_H
#define FIMBUL_LIB_CALLER_PATH_H

#include "lib/file.h"

/* Where the caller's string starts from; a zero dentry when it cannot be known. */
static __always_inline struct position caller_base(struct task_struct *task, int directory,
						   bool absolute, const bool typed)
{
	struct position none = {};
	struct fs_struct *fs = READ(typed, task, fs);
	struct file *file;

	if (absolute)
		return fs ? position_of(&fs->root, typed) : none;
	if (directory == AT_FDCWD)
		return fs ? position_of(&fs->pwd, typed) : none;
	file = file_of_descriptor(task, directory, typed);
	if (!file)
		return none;
	return position_of(&file->f_path, typed);
}

/* A path as the caller named it. System calls have it in the memory of their process; a function
 * of the kernel may have its copy. */
struct caller_string {
	const char *address; /* null for a call that has none */
	bool in_kernel;
};

static __always_inline struct caller_string caller_string_of_user(__u64 address)
{
	return (struct caller_string){ (const char *)address, false };
}

static __always_inline long caller_string_read(void *buffer, __u32 size,
					       const struct caller_string *string)
{
	if (string->in_kernel)
		return bpf_probe_read_kernel_str(buffer, size, string->address);
	return bpf_probe_read_user_str(buffer, size, string->address);
}

static __always_inline bool caller_is_absolute(const struct caller_string *string)
{
	char first[2] = {};

	caller_string_read(first, sizeof(first), string);
	return first[0] == '/';
}

static __always_inline bool caller_is_empty(const struct caller_string *string)
{
	char first[2] = { 1 };

	caller_string_read(first, sizeof(first), string);
	return first[0] == 0;
}

/* Is the string a mere name, without any directory? Uses the scratch of the system calls' program,
 * whose record must not have been begun.
 * VERIFIER: global, so that its loop is verified once. */
__noinline int caller_is_name(__u64 string)
{
	struct scratch *scratch = scratch_of(PROGRAM_SYS_EXIT);
	long length;

	if (!scratch)
		return 0;
	length = bpf_probe_read_user_str(scratch->record, NAME_BYTES_MAX + 1, (void *)string);
	if (length < 1)
		return 0;
	for (__u32 i = 0; i < NAME_BYTES_MAX + 1; i++) {
		if (i >= length)
			return 1;
		if (scratch->record[i] == '/')
			return 0;
	}
	return 1;
}

/* Appends the caller's string to the record. False when it cannot be read. */
static __always_inline bool caller_string_append(struct scratch *scratch, struct text_ref *text,
						 const struct caller_string *string)
{
	__u32 at = scratch->length;
	long length;

	if (at > RECORD_BYTES_MAX)
		return false;
	length = caller_string_read(&scratch->record[at], PATH_BYTES_MAX, string);
	if (length < 0) {
		count_trouble(TROUBLE_USER_STRING_UNREADABLE);
		return false;
	}
	text->offset = at;
	/* KERNEL 5.10 to 6.12: of an empty string the NUL is not counted. */
	text->length = length ? length - 1 : 0;
	scratch->length = at + (__u32)length;
	return true;
}

/* Fills path and source of a file from the caller's string. */
static __always_inline void caller_path_resolve(struct scratch *scratch, __u32 program,
						struct file_facts *facts,
						const struct position *base,
						const struct caller_string *string)
{
	facts->path_source = PATH_SOURCE_CALLER;
	if (!caller_string_append(scratch, &facts->caller_path, string))
		facts->path_flags |= PATH_UNREADABLE;
	if (base->dentry && position_is_detached(base, false))
		facts->path_flags |= PATH_DISCONNECTED;
	if (base->dentry)
		path_resolve(scratch, program, base, &facts->path, &facts->path_flags);
	else
		facts->path_flags |= PATH_BASE_UNKNOWN;
}

#endif
