// SPDX-License-Identifier: Apache-2.0
// lineage WORD…: becomes other programs and makes processes, and touches files in between. What is
// left of the words goes on with every exec. Prints the id of each process.
//   open FILE, unlink FILE, chmod FILE    (FILE may be missing)
//   exec PROGRAM, thread-exec PROGRAM     the latter by another thread than the first
//   ( WORD… )                             in a child, which is waited for
//   { PROGRAM WORD… }                     in a child of vfork that executes the program
//   < WORD… >                             in a grandchild whose parent is gone
// As an interpreter of scripts it is called with -s and the script first.

#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECONDS_MAX = 60 };

static void stop_with(const char *what)
{
	perror(what);
	_exit(1);
}

static void tell_pid(void)
{
	char line[16];
	int length = snprintf(line, sizeof(line), "%d\n", getpid());

	if (write(STDOUT_FILENO, line, length) != length)
		stop_with("write");
}

static int is_opening(const char *word)
{
	return !strcmp(word, "(") || !strcmp(word, "{") || !strcmp(word, "<");
}

static int is_closing(const char *word)
{
	return !strcmp(word, ")") || !strcmp(word, "}") || !strcmp(word, ">");
}

/* The word after the one that closes what was opened before `words`. */
static char **skip_block(char **words)
{
	for (int depth = 1; *words; words++) {
		depth += is_opening(*words) - is_closing(*words);
		if (!depth)
			return words + 1;
	}
	return words;
}

/* The first word becomes the program's name. */
static void become(char **words)
{
	char *environment[] = { 0 };

	execve(words[0], words, environment);
	stop_with(words[0]);
}

static void *become_in_thread(void *words)
{
	become(words);
	return 0;
}

static void become_by_thread(char **words)
{
	pthread_t thread;

	if (pthread_create(&thread, 0, become_in_thread, words))
		stop_with("pthread_create");
	for (;;)
		pause();
}

static void wait_for(int pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		stop_with("a child failed");
}

static int fork_mortal(void)
{
	int pid = fork();

	if (pid)
		return pid;
	alarm(SECONDS_MAX);
	return 0;
}

static void run(char **words);

static void run_child(char **words)
{
	int pid = fork_mortal();

	if (!pid) {
		tell_pid();
		run(words);
	}
	wait_for(pid);
}

static void run_vforked(char **words)
{
	int pid = vfork();

	if (!pid) {
		tell_pid();
		become(words);
	}
	wait_for(pid);
}

/* The pipe ends with the orphan. */
static void run_orphan(char **words)
{
	int ends[2], pid;
	char byte;

	if (pipe(ends))
		stop_with("pipe");
	pid = fork_mortal();
	if (!pid) {
		int parent = getpid();

		tell_pid();
		if (fork_mortal())
			_exit(0);
		tell_pid();
		close(ends[0]);
		while (getppid() == parent)
			usleep(1000);
		run(words);
	}
	wait_for(pid);
	close(ends[1]);
	if (read(ends[0], &byte, 1))
		stop_with("an orphan failed");
	close(ends[0]);
}

static void touch(const char *call, const char *file)
{
	int opened;

	if (!strcmp(call, "unlink")) {
		unlink(file);
	} else if (!strcmp(call, "chmod")) {
		chmod(file, 0640);
	} else {
		opened = open(file, O_RDONLY | O_CLOEXEC);
		if (opened >= 0)
			close(opened);
	}
}

static void run(char **words)
{
	while (*words) {
		char *word = *words++;

		if (is_closing(word))
			exit(0);
		if (is_opening(word)) {
			if (*word == '(')
				run_child(words);
			else if (*word == '{')
				run_vforked(words);
			else
				run_orphan(words);
			words = skip_block(words);
		} else if (!strcmp(word, "exec")) {
			become(words);
		} else if (!strcmp(word, "thread-exec")) {
			become_by_thread(words);
		} else {
			touch(word, *words++);
		}
	}
	exit(0);
}

int main(int count, char **arguments)
{
	int is_script = count > 2 && !strcmp(arguments[1], "-s");

	alarm(SECONDS_MAX);
	if (!is_script && count > 1 && !strcmp(arguments[1], "first")) {
		tell_pid();
		run(arguments + 2);
	}
	run(arguments + (is_script ? 3 : 1));
}
