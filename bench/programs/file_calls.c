/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Repeats one kind of system call and prints nanoseconds for each: `file_calls KIND DIR N [cpu]`.
 * With `cpu` they are of processor time, which is not others' that run meanwhile.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void open_close(const char *path)
{
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		fail(path);
	close(fd);
}

static void create_unlink(const char *path)
{
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0644);

	if (fd < 0)
		fail(path);
	close(fd);
	if (unlink(path))
		fail(path);
}

static void create_write_unlink(const char *path)
{
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0644);

	if (fd < 0)
		fail(path);
	if (write(fd, path, 16) != 16)
		fail(path);
	close(fd);
	if (unlink(path))
		fail(path);
}

static void get_status(const char *path)
{
	struct stat status;

	if (stat(path, &status))
		fail(path);
}

static void change_mode(const char *path, long i)
{
	if (chmod(path, i & 1 ? 0644 : 0600))
		fail(path);
}

int main(int argc, char **argv)
{
	char file[512], other[512];
	struct timespec start, end;
	clockid_t clock;
	long count;

	if (argc != 4 && argc != 5)
		return 2;
	clock = argc == 5 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC;
	count = atol(argv[3]);
	snprintf(file, sizeof(file), "%s/file", argv[2]);
	snprintf(other, sizeof(other), "%s/other", argv[2]);
	close(open(file, O_CREAT | O_WRONLY, 0644));
	clock_gettime(clock, &start);
	for (long i = 0; i < count; i++) {
		if (!strcmp(argv[1], "getppid"))
			syscall(SYS_getppid);
		else if (!strcmp(argv[1], "open_close"))
			open_close(file);
		else if (!strcmp(argv[1], "create_unlink"))
			create_unlink(other);
		else if (!strcmp(argv[1], "create_write_unlink"))
			create_write_unlink(other);
		else if (!strcmp(argv[1], "stat"))
			get_status(file);
		else if (!strcmp(argv[1], "chmod"))
			change_mode(file, i);
		else if (rename(i & 1 ? other : file, i & 1 ? file : other))
			fail("rename");
	}
	clock_gettime(clock, &end);
	printf("%.1f\n",
	       ((end.tv_sec - start.tv_sec) * 1e9 + (end.tv_nsec - start.tv_nsec)) / count);
	unlink(file);
	unlink(other);
	return 0;
}
