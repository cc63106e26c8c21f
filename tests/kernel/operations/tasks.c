// SPDX-License-Identifier: Apache-2.0
// Processes and threads that run a block of the script. A child learns its id from its creator, who
// sees it in the namespace that the program began in, and says itself that it exists, so that the
// lines about it come in the order of what happened.

#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "operate.h"

enum { STACK_BYTES = 128 * 1024, STACKS_MAX = 16 };

struct start {
	const struct context *creator;
	const struct line *line;
	int told[2], heard[2];
	int flags;
};

static _Alignas(16) char stacks[STACKS_MAX][STACK_BYTES];
static int stacks_used;

static void close_pipes(const struct start *start)
{
	for (int end = 0; end < 2; end++) {
		close(start->told[end]);
		close(start->heard[end]);
	}
}

/* Nobody waits for a child that is not its own: it lets its creator end first, and that lets it
 * say first that it exists, for the order of the lines to be that of the events. */
static void outlive(const struct start *start)
{
	if (write(start->heard[1], "", 1) != 1)
		fail("tell the creator");
	while (!kill(start->creator->pid, 0))
		sched_yield();
}

static int child_main(void *argument)
{
	const struct start *start = argument;
	struct context context;
	int index = start->line->index;

	/* The creator sleeps until the end of a vfork, so it cannot tell. */
	if (start->flags & CLONE_VFORK)
		context.pid = getpid();
	else if (read(start->told[0], &context.pid, sizeof(int)) != sizeof(int))
		fail("read the own id");
	context.tid = context.pid;
	report("F %d %d %d\n", index, context.pid, start->creator->pid);
	report_identity(&context, index, !(start->flags & CLONE_NEWPID));
	if (start->flags & CLONE_PARENT)
		outlive(start);
	if (!(start->flags & CLONE_VM))
		close_pipes(start);
	run_lines(&context, index + 1, script_block_end(index));
	_exit(0);
}

static void report_end(const struct line *line, int pid)
{
	int status;

	/* Whatever signal its end sends, and whoever cloned it. */
	if (waitpid(pid, &status, __WALL) != pid)
		fail("waitpid");
	report("E %d %d %d\n", line->index, pid, status);
}

/* fork FLAGS: the block runs in a new process, whose end is waited for if it is our child. */
void run_fork(const struct context *context, struct line *line)
{
	struct start start = {
		.creator = context,
		.line = line,
		.flags = (int)script_value(context, line->words[1]),
	};
	char *stack = stacks[stacks_used++];
	int pid;

	if (stacks_used == STACKS_MAX || pipe(start.told) || pipe(start.heard))
		fail("prepare a fork");
	pid = clone(child_main, stack + STACK_BYTES, start.flags | SIGCHLD, &start);
	if (pid < 0)
		fail("clone");
	if (!(start.flags & CLONE_VFORK) && write(start.told[1], &pid, sizeof(pid)) != sizeof(pid))
		fail("tell a child its id");
	if (start.flags & CLONE_PARENT && read(start.heard[0], &pid, 1) != 1)
		fail("hear from a child");
	close_pipes(&start);
	if (!(start.flags & CLONE_PARENT))
		report_end(line, pid);
	stacks_used--;
}

static void *thread_main(void *argument)
{
	const struct start *start = argument;
	struct context context = { .pid = start->creator->pid, .tid = gettid() };
	int index = start->line->index;

	report_identity(&context, index, true);
	run_lines(&context, index + 1, script_block_end(index));
	return 0;
}

/* thread: the block runs in a new thread, which is waited for. */
void run_thread(const struct context *context, struct line *line)
{
	struct start start = { .creator = context, .line = line };
	pthread_attr_t attributes;
	pthread_t thread;

	if (pthread_attr_init(&attributes) ||
	    pthread_attr_setstack(&attributes, stacks[stacks_used++], STACK_BYTES) ||
	    pthread_create(&thread, &attributes, thread_main, &start) || pthread_join(thread, 0))
		fail("thread");
	stacks_used--;
}

static void *last_main(void *argument)
{
	const struct line *line = argument;
	char path[32], target[8];

	/* The link of a process whose first thread has ended leads nowhere. */
	snprintf(path, sizeof(path), "/proc/%d/exe", getpid());
	while (readlink(path, target, sizeof(target)) >= 0)
		;
	syscall(SYS_exit, script_number(line->words[2] + 1));
	return 0;
}

/* leave FIRST LAST: the first thread ends with a status, then the last one with another. */
void run_leave(const struct context *context, struct line *line)
{
	pthread_attr_t attributes;
	pthread_t thread;

	(void)context;
	if (pthread_attr_init(&attributes) ||
	    pthread_attr_setstack(&attributes, stacks[stacks_used++], STACK_BYTES) ||
	    pthread_create(&thread, &attributes, last_main, line))
		fail("thread");
	syscall(SYS_exit, script_number(line->words[1] + 1));
}

static void *pause_main(void *argument)
{
	(void)argument;
	pause();
	return 0;
}

/* crowd COUNT THREADS: so many processes, each with so many threads when it ends with status 7. */
void run_crowd(const struct context *context, struct line *line)
{
	long count = script_value(context, line->words[1]);
	long threads = script_value(context, line->words[2]);
	pthread_attr_t attributes;
	pthread_t thread;

	for (long i = 0; i < count; i++) {
		int pid = fork();

		if (pid > 0) {
			report_end(line, pid);
			continue;
		}
		if (pid < 0 || pthread_attr_init(&attributes))
			fail("fork");
		report("F %d %d %d\n", line->index, getpid(), context->pid);
		for (long j = 0; j < threads; j++) {
			if (pthread_attr_setstack(&attributes, stacks[j], STACK_BYTES) ||
			    pthread_create(&thread, &attributes, pause_main, 0))
				fail("thread");
		}
		_exit(7);
	}
}

/* wait: for children that a child of ours made with CLONE_PARENT. */
void run_wait(const struct context *context, struct line *line)
{
	siginfo_t found;

	(void)context;
	while (!waitid(P_ALL, 0, &found, WEXITED | WNOWAIT | __WALL))
		report_end(line, found.si_pid);
}
