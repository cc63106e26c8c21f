// SPDX-License-Identifier: Apache-2.0
// The truth, a line each: `I` an identity, `C` a call with its result and the file it opened, `F` a
// process that began, `E` one that ended, `X` a program about to be replaced.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "operate.h"

enum { REPORT_BYTES_MAX = 1024 };

void fail(const char *what)
{
	dprintf(2, "operate: %s: %s\n", what, strerror(errno));
	_exit(125);
}

/* One write a line, so that lines of several processes never mix. */
void report(const char *format, ...)
{
	char line[REPORT_BYTES_MAX];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	if (length < 0 || (size_t)length >= sizeof(line) ||
	    write(1, line, (size_t)length) != length)
		fail("report");
}

/* 0 where /proc is out of reach, in a chroot. */
static uint64_t namespace_number(const char *path)
{
	struct stat status;

	return stat(path, &status) ? 0 : status.st_ino;
}

static void capabilities_read(uint64_t *effective, uint64_t *permitted)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct words[2] = { 0 };

	if (syscall(SYS_capget, &header, words))
		fail("capget");
	*effective = (uint64_t)words[1].effective << 32 | words[0].effective;
	*permitted = (uint64_t)words[1].permitted << 32 | words[0].permitted;
}

/* Says who the task is. `whole` is not for a task that shares its memory with its parent. */
void report_identity(const struct context *context, int index, bool whole)
{
	uint64_t effective = 0, permitted = 0;
	char name[16], escaped[3 * sizeof(name) + 1] = "";

	prctl(PR_GET_NAME, name);
	for (char *byte = name; *byte; byte++)
		sprintf(escaped + strlen(escaped), "%%%02x", (unsigned char)*byte);
	capabilities_read(&effective, &permitted);
	report("I %d %d %d %d %d %d %d %d %d %d %lu %lu %lu %lu %lu %s\n", index, context->pid,
	       context->tid, whole ? getppid() : 0, getuid(), getgid(), geteuid(), getegid(),
	       setfsuid((uid_t)-1), setfsgid((gid_t)-1), effective, permitted,
	       namespace_number("/proc/thread-self/ns/mnt"),
	       namespace_number("/proc/thread-self/ns/net"),
	       namespace_number("/proc/thread-self/ns/pid"), escaped);
}

static int64_t nanoseconds(struct statx_timestamp time)
{
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

void report_call(const struct context *context, int index, long result, bool is_open)
{
	struct statx status;

	if (!is_open || result < 0) {
		report("C %d %d %d %ld\n", index, context->pid, context->tid, result);
		return;
	}
	if (statx((int)result, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_MNT_ID, &status))
		fail("statx");
	report("C %d %d %d %ld %llu %u %u %u %u %ld %ld %llu\n", index, context->pid, context->tid,
	       result, status.stx_ino, status.stx_dev_major << 20 | status.stx_dev_minor,
	       status.stx_mode, status.stx_uid, status.stx_gid, nanoseconds(status.stx_ctime),
	       nanoseconds(status.stx_mtime), status.stx_mnt_id);
}
