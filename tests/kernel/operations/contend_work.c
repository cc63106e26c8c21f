// SPDX-License-Identifier: Apache-2.0
// The operations that tasks contend with, each on a file of its own that is there before. Those of
// one system call let missed events be counted exactly: the refused ones, rename and chmod.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stress.h"

static long work_open(const char *name, long turn)
{
	int file = open(name, O_RDONLY);

	(void)turn;
	if (file < 0 || close(file))
		stop_with("open");
	return 1;
}

static long work_open_missing(const char *name, long turn)
{
	(void)name;
	(void)turn;
	if (open("missing", O_RDONLY) >= 0 || errno != ENOENT)
		stop_with("open what is missing");
	return 1;
}

static long work_unlink(const char *name, long turn)
{
	(void)turn;
	if (unlink(name) || mknod(name, S_IFREG | 0600, 0))
		stop_with("unlink");
	return 1;
}

static long work_unlink_missing(const char *name, long turn)
{
	(void)name;
	(void)turn;
	if (!unlink("missing") || errno != ENOENT)
		stop_with("unlink what is missing");
	return 1;
}

/* Forth in one turn, back in the next. */
static long work_rename(const char *name, long turn)
{
	char other[32] = "other-";

	strncat(other, name, sizeof(other) - sizeof("other-"));
	if (turn & 1 ? rename(other, name) : rename(name, other))
		stop_with("rename");
	return 1;
}

static long work_chmod(const char *name, long turn)
{
	if (chmod(name, turn & 1 ? 0600 : 0640))
		stop_with("chmod");
	return 1;
}

static long work_fork(const char *name, long turn)
{
	int status, pid = fork();

	(void)name;
	(void)turn;
	if (!pid)
		_exit(0);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		stop_with("fork");
	return 1;
}

static const struct {
	const char *name;
	contended_work work;
} works[] = {
	{ "open", work_open },	   { "open-missing", work_open_missing },
	{ "unlink", work_unlink }, { "unlink-missing", work_unlink_missing },
	{ "rename", work_rename }, { "chmod", work_chmod },
	{ "fork", work_fork },
};

contended_work contended_work_find(const char *operation)
{
	for (size_t i = 0; i < sizeof(works) / sizeof(works[0]); i++) {
		if (!strcmp(works[i].name, operation))
			return works[i].work;
	}
	errno = EINVAL;
	stop_with(operation);
}
