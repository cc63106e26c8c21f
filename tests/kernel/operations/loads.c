// SPDX-License-Identifier: Apache-2.0
// Operations that make many calls and print one line about them all.

#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "operate.h"

/* descend COUNT NAME: makes directories inside of one another and goes to the last. */
void run_descend(const struct context *context, struct line *line)
{
	long count = script_value(context, line->words[1]);
	const char *name = (const char *)script_value(context, line->words[2]);

	for (long i = 0; i < count; i++) {
		if (mkdir(name, 0755) || chdir(name))
			fail("descend");
	}
	report_call(context, line->index, 0, false);
}

/* storm COUNT: creates that many files, and unlinks each. */
void run_storm(const struct context *context, struct line *line)
{
	long count = script_value(context, line->words[1]);
	char name[32];

	for (long i = 0; i < count; i++) {
		int file;

		snprintf(name, sizeof(name), "storm-%ld", i);
		file = open(name, O_CREAT | O_EXCL | O_WRONLY, 0600);
		if (file < 0 || close(file) || unlink(name))
			fail("storm");
	}
	report_call(context, line->index, count, false);
}

struct flip {
	char name[8];
	atomic_bool started, stop;
};

static void *flip_main(void *argument)
{
	struct flip *flip = argument;

	while (!atomic_load_explicit(&flip->stop, memory_order_relaxed)) {
		*(volatile char *)flip->name = 'a';
		*(volatile char *)flip->name = 'b';
		atomic_store_explicit(&flip->started, true, memory_order_relaxed);
	}
	return 0;
}

/* race COUNT: unlinks a file whose name another thread rewrites all the time, and tells which of
 * the two files `a` and `b` went away, a letter each. */
void run_race(const struct context *context, struct line *line)
{
	static char stack[128 * 1024] __attribute__((aligned(16)));
	static char gone[513];
	struct flip flip = { .name = "a" };
	long count = script_value(context, line->words[1]);
	pthread_attr_t attributes;
	pthread_t thread;

	if (count >= (long)sizeof(gone) || pthread_attr_init(&attributes) ||
	    pthread_attr_setstack(&attributes, stack, sizeof(stack)) ||
	    pthread_create(&thread, &attributes, flip_main, &flip))
		fail("race");
	while (!atomic_load(&flip.started))
		;
	for (long i = 0; i < count; i++) {
		/* The one that is still there stays. */
		mknod("a", S_IFREG | 0600, 0);
		mknod("b", S_IFREG | 0600, 0);
		if (unlink(flip.name))
			fail("unlink");
		gone[i] = access("a", F_OK) ? 'a' : 'b';
	}
	atomic_store(&flip.stop, true);
	pthread_join(thread, 0);
	report("R %d %d %d %s\n", line->index, context->pid, context->tid, gone);
}
