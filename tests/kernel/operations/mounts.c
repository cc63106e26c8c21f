// SPDX-License-Identifier: Apache-2.0
// mounts BINDS TMPFS STACKED FILES: makes so many mounts of each form in a mount namespace of its
// own, works below each, and prints for each call what it did and the path that it did it to. All
// is below the working directory, and goes when the program does.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stress.h"

enum { WORK_EVERY = 20, DEEPER_THAN_PATHS = 1100 };

static char here[PATH_MAX];

static void say(const char *what, const char *path)
{
	printf("%s %s/%s\n", what, here, path);
}

static void make_directory(const char *path)
{
	if (mkdir(path, 0755))
		stop_with(path);
}

static void make_file(const char *path)
{
	if (mknod(path, S_IFREG | 0644, 0))
		stop_with(path);
}

static void bind(const char *from, const char *to)
{
	if (mount(from, to, 0, MS_BIND, 0))
		stop_with(to);
}

static void mount_tmpfs(const char *at)
{
	if (mount("tmpfs", at, "tmpfs", 0, "size=64k"))
		stop_with(at);
}

static void open_existing(const char *path)
{
	int file = open(path, O_RDONLY);

	if (file < 0 || close(file))
		stop_with(path);
	say("open", path);
}

/* Every call that the kernel side finds the mount of by itself. */
static void work_below(const char *directory)
{
	char path[64], other[64];

	snprintf(path, sizeof(path), "%s/new", directory);
	snprintf(other, sizeof(other), "%s/newer", directory);
	make_file(path);
	if (chmod(path, 0600))
		stop_with(path);
	say("chmod", path);
	if (rename(path, other))
		stop_with(path);
	say("rename", path);
	if (unlink(other))
		stop_with(other);
	say("unlink", other);
}

static void many_binds(long count)
{
	char path[64];

	make_directory("source");
	make_file("source/file");
	for (long i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "bind-%ld", i);
		make_directory(path);
		bind("source", path);
		if (i % WORK_EVERY == 0)
			work_below(path);
		strcat(path, "/file");
		open_existing(path);
	}
	open_existing("source/file");
	work_below("source");
	work_below("bind-0");
}

static void many_tmpfs(long count)
{
	char path[64];

	for (long i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "tmpfs-%ld", i);
		make_directory(path);
		mount_tmpfs(path);
		if (i % WORK_EVERY == 0)
			work_below(path);
		strcat(path, "/file");
		make_file(path);
		open_existing(path);
	}
}

/* Mounts over one directory, of both kinds. The path climbs through all of them. */
static void stacked(const char *name, long count)
{
	char path[64];

	make_directory(name);
	for (long i = 0; i < count; i++) {
		if (i & 1)
			bind("source", name);
		else
			mount_tmpfs(name);
	}
	snprintf(path, sizeof(path), "%s/top-of-%s", name, name);
	make_file(path);
	open_existing(path);
	work_below(name);
}

static void many_files(long count)
{
	char path[64];

	make_file("one");
	for (long i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "file-%ld", i);
		make_file(path);
		bind("one", path);
		open_existing(path);
	}
	make_file("pile");
	for (long i = 0; i < count; i++)
		bind("one", "pile");
	open_existing("pile");
}

int main_mounts(int count, char **arguments)
{
	if (count != 4)
		stop_with("four arguments are needed");
	if (unshare(CLONE_NEWNS) || mount(0, "/", 0, MS_REC | MS_PRIVATE, 0) ||
	    !getcwd(here, sizeof(here)))
		stop_with("leave the mount namespace");
	many_binds(argument_number(arguments, 0));
	many_tmpfs(argument_number(arguments, 1));
	stacked("stack", argument_number(arguments, 2));
	many_files(argument_number(arguments, 3));
	/* From here on paths are cut: only the last component is sure. */
	printf("cut\n");
	stacked("tower", DEEPER_THAN_PATHS);
	fflush(stdout);
	return 0;
}
