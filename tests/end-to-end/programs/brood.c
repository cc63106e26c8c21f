// SPDX-License-Identifier: Apache-2.0
// brood PROGRAM PREFIX MAKERS COUNT: MAKERS processes at once start COUNT times, as fast as they
// can, a child of a child that runs `PROGRAM PREFIX<maker>-<number> x`. Nothing lives longer than
// it must. Prints the process id of each maker.

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* -1 stands for any child. */
static void expect_success(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) < 0 || status != 0)
		errx(1, "a child failed");
}

static pid_t fork_or_fail(void)
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	return pid;
}

static void run(char *program, const char *prefix, long maker, long number)
{
	char path[4096];
	char *arguments[] = { program, path, "x", NULL };

	snprintf(path, sizeof(path), "%s%ld-%ld", prefix, maker, number);
	execv(program, arguments);
	err(1, "exec %s", program);
}

static void make(char **argv, long maker, long count)
{
	for (long number = 0; number < count; number++) {
		pid_t child = fork_or_fail();

		if (child != 0) {
			expect_success(child);
			continue;
		}
		pid_t grandchild = fork_or_fail();
		if (grandchild == 0)
			run(argv[1], argv[2], maker, number);
		expect_success(grandchild);
		_exit(0);
	}
	_exit(0);
}

int main(int argc, char **argv)
{
	if (argc != 5)
		errx(2, "usage: brood PROGRAM PREFIX MAKERS COUNT");
	long makers = strtol(argv[3], NULL, 10);
	long count = strtol(argv[4], NULL, 10);
	for (long maker = 0; maker < makers; maker++) {
		pid_t pid = fork_or_fail();

		if (pid == 0)
			make(argv, maker, count);
		printf("%d\n", pid);
		fflush(stdout);
	}
	for (long maker = 0; maker < makers; maker++)
		expect_success(-1);
	return 0;
}
