// SPDX-License-Identifier: Apache-2.0
// System calls by name, as the kernel has them and not as the C library wraps them, through the
// 64-bit entry, the 32-bit one, or io_uring.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "operate.h"

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

struct call {
	const char *name;
	int number;
	/* The number of the 32-bit entry; 0 where no case needs it. */
	int number32;
	bool is_open;
};

#define CALL(name)                          \
	{                                   \
#name, SYS_##name, 0, false \
	}

static const struct call calls[] = {
	{ "open", SYS_open, 5, true },
	{ "creat", SYS_creat, 8, true },
	{ "openat", SYS_openat, 295, true },
	{ "openat2", SYS_openat2, 437, true },
	{ "open_by_handle_at", SYS_open_by_handle_at, 342, true },
	{ "unlink", SYS_unlink, 10, false },
	{ "unlinkat", SYS_unlinkat, 301, false },
	{ "rename", SYS_rename, 38, false },
	{ "renameat", SYS_renameat, 302, false },
	{ "renameat2", SYS_renameat2, 353, false },
	{ "chmod", SYS_chmod, 15, false },
	{ "fchmod", SYS_fchmod, 94, false },
	{ "fchmodat", SYS_fchmodat, 306, false },
	{ "fchmodat2", SYS_fchmodat2, 452, false },
	CALL(chdir),
	CALL(chown),
	CALL(chroot),
	CALL(close),
	CALL(dup2),
	CALL(execve),
	CALL(exit),
	CALL(exit_group),
	CALL(fchdir),
	CALL(ioctl),
	CALL(kill),
	CALL(link),
	CALL(memfd_create),
	CALL(mkdir),
	CALL(mknod),
	CALL(mount),
	CALL(name_to_handle_at),
	CALL(pipe),
	CALL(pivot_root),
	CALL(preadv),
	CALL(prctl),
	CALL(rmdir),
	CALL(setns),
	CALL(setfsuid),
	CALL(setresgid),
	CALL(setresuid),
	CALL(symlink),
	CALL(sync),
	CALL(umask),
	CALL(umount2),
	CALL(unshare),
	CALL(write),
};

static const struct call *call_find(const char *name)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (!strcmp(calls[i].name, name))
			return &calls[i];
	}
	fail(name);
}

static long call_32(int number, const long *value)
{
	long result = -ENOSYS;

#ifdef __x86_64__
	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"((long)number), "b"(value[0]), "c"(value[1]), "d"(value[2]),
			   "S"(value[3]), "D"(value[4])
			 : "memory", "r8", "r9", "r10", "r11");
#endif
	return (int)result;
}

void run_call(const struct context *context, struct line *line)
{
	const struct call *call = call_find(line->words[1]);
	long value[CALL_ARGUMENTS_MAX] = { 0 };
	const char *keep = 0;
	long result;

	for (int i = 2; i < line->count; i++) {
		if (line->words[i][0] == '=')
			keep = line->words[i];
		else
			value[i - 2] = script_value(context, line->words[i]);
	}
	if (!strcmp(line->words[0], "call32")) {
		result = call_32(call->number32, value);
	} else if (!strcmp(line->words[0], "ring")) {
		result = ring_call(call->name, value);
	} else {
		result = syscall(call->number, value[0], value[1], value[2], value[3], value[4],
				 value[5]);
		if (result == -1)
			result = -errno;
	}
	if (keep)
		script_keep(keep, result);
	report_call(context, line->index, result, call->is_open);
}

/* exec DIRECTORY PATH FLAGS ARGUMENTS…: the arguments are strings without their mark. */
void run_exec(const struct context *context, struct line *line)
{
	long directory = script_value(context, line->words[1]);
	const char *path = (const char *)script_value(context, line->words[2]);
	long flags = script_value(context, line->words[3]);
	char *environment[] = { 0 };
	char **arguments = &line->words[4];

	for (char **argument = arguments; *argument; argument++)
		*argument += 1;
	report("X %d %d %d\n", line->index, context->pid, context->tid);
	if (directory == AT_FDCWD && !flags)
		syscall(SYS_execve, path, arguments, environment);
	else
		syscall(SYS_execveat, directory, path, arguments, environment, flags);
	fail("exec");
}
