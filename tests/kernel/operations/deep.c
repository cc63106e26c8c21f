// SPDX-License-Identifier: Apache-2.0
// deep DEPTH BYTES: goes down DEPTH directories with names of BYTES bytes, one step at a time, as
// no single path could, and works at the bottom: by names, by a string of 4,000 bytes from a
// descriptor, and across to the top and back. Prints for each call what it did and the whole path.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stress.h"

enum { WHOLE_MAX = 1024 * 1024, STRING_BYTES = 4000, STRING_PART_BYTES = 199 };

static char top[PATH_MAX], whole[WHOLE_MAX];

static void say(const char *what, const char *name)
{
	printf("%s %s/%s\n", what, whole, name);
}

static void step_down(const char *name)
{
	if (mkdir(name, 0755) || chdir(name))
		stop_with("go down");
	strcat(whole, "/");
	strcat(whole, name);
}

static void create(const char *name)
{
	int file = open(name, O_CREAT | O_EXCL | O_WRONLY, 0600);

	if (file < 0 || close(file))
		stop_with("create");
	say("open", name);
}

static void work_here(void)
{
	char above[PATH_MAX];

	snprintf(above, sizeof(above), "%s/above", top);
	create("a");
	if (chmod("a", 0640))
		stop_with("chmod");
	say("chmod", "a");
	if (rename("a", "b"))
		stop_with("rename");
	say("rename", "b");
	if (rename("b", above) || rename(above, "c"))
		stop_with("rename to the top and back");
	printf("rename %s\n", above);
	say("rename", "c");
	if (unlink("c"))
		stop_with("unlink");
	say("unlink", "c");
}

/* As long a string as calls take, from a directory that is deep already. */
static void work_by_string(void)
{
	char part[STRING_PART_BYTES + 1] = "";
	char string[STRING_BYTES + NAME_MAX + 2] = "";
	int here = open(".", O_PATH | O_DIRECTORY);
	int file;

	if (here < 0)
		stop_with("open the directory");
	printf("open %s\n", whole);
	memset(part, 's', STRING_PART_BYTES);
	while (strlen(string) + sizeof(part) < STRING_BYTES) {
		strcat(strcat(string, part), "/");
		if (mkdirat(here, string, 0755))
			stop_with("make a directory by its string");
	}
	strcat(string, "a");
	file = openat(here, string, O_CREAT | O_EXCL | O_WRONLY, 0600);
	if (file < 0)
		stop_with("create by a string");
	say("open", string);
	if (fchmod(file, 0640) || close(file))
		stop_with("fchmod");
	say("chmod", string);
	if (unlinkat(here, string, 0))
		stop_with("unlink by a string");
	say("unlink", string);
	for (char *end = strrchr(string, '/'); end; end = strrchr(string, '/')) {
		*end = 0;
		if (unlinkat(here, string, AT_REMOVEDIR))
			stop_with("remove a directory");
	}
	close(here);
}

int main_deep(int count, char **arguments)
{
	char name[NAME_MAX + 1] = "";
	long depth, bytes;

	if (count != 2)
		stop_with("two arguments are needed");
	depth = argument_number(arguments, 0);
	bytes = argument_number(arguments, 1);
	if (bytes < 1 || bytes > NAME_MAX || !getcwd(top, sizeof(top)) ||
	    depth * (bytes + 1) + STRING_BYTES + 2 * PATH_MAX > WHOLE_MAX)
		stop_with("these numbers are out of range");
	memset(name, 'd', (size_t)bytes);
	strcpy(whole, top);
	for (long i = 0; i < depth; i++)
		step_down(name);
	work_here();
	work_by_string();
	for (long i = 0; i < depth; i++) {
		if (chdir("..") || rmdir(name))
			stop_with("go up");
	}
	fflush(stdout);
	return 0;
}
