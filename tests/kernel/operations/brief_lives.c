// SPDX-License-Identifier: Apache-2.0
// brief-lives MAKERS COUNT PROGRAM: several processes at once make children as fast as they can,
// COUNT each. Every second child executes PROGRAM, the others end at once. Prints for each maker
// and each child its id, in the order in which the maker made them.

#define _GNU_SOURCE
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stress.h"

enum { MAKERS_MAX = 16, STATUS = 7 };

static void make(int *children, long count, const char *program, atomic_bool *go)
{
	char *arguments[] = { "brief", 0 };
	char *environment[] = { 0 };

	while (!atomic_load(go))
		;
	for (long i = 0; i < count; i++) {
		int status, pid = i & 1 ? fork() : vfork();

		if (!pid) {
			if (i & 1)
				_exit(STATUS);
			execve(program, arguments, environment);
			_exit(125);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid)
			stop_with("make a child");
		if (status != (i & 1 ? STATUS << 8 : 0))
			stop_with("a child ended as it should not");
		children[i] = pid;
	}
	_exit(0);
}

int main_brief_lives(int count, char **arguments)
{
	int pids[MAKERS_MAX], status;
	long makers, each;
	atomic_bool *go = share_memory(sizeof(*go));
	int *children;

	if (count != 3)
		stop_with("three arguments are needed");
	makers = argument_number(arguments, 0);
	each = argument_number(arguments, 1);
	if (makers < 1 || makers > MAKERS_MAX || each < 1)
		stop_with("these numbers are out of range");
	children = share_memory((unsigned long)(makers * each) * sizeof(int));
	for (long i = 0; i < makers; i++) {
		pids[i] = fork_mortal();
		if (!pids[i])
			make(&children[i * each], each, arguments[2], go);
	}
	atomic_store(go, true);
	for (long i = 0; i < makers; i++) {
		if (waitpid(pids[i], &status, 0) != pids[i] || status)
			stop_with("a maker failed");
		printf("maker %d\n", pids[i]);
		for (long j = 0; j < each; j++)
			printf("child %d\n", children[i * each + j]);
	}
	fflush(stdout);
	return 0;
}
