// SPDX-License-Identifier: Apache-2.0
// Performs the operations that a script on standard input lists, one a line, and prints the truth
// about each on standard output: who did it, what it returned, which inode it was. It is the
// trigger of the kernel cases; tests/kernel/script.ts writes what it reads.

#define _GNU_SOURCE
#include <string.h>
#include <unistd.h>

#include "operate.h"

struct operation {
	const char *name;
	void (*run)(const struct context *context, struct line *line);
};

static void run_identity(const struct context *context, struct line *line)
{
	report_identity(context, line->index, true);
}

static const struct operation operations[] = {
	{ "call", run_call },	    { "call32", run_call },	  { "ring", run_call },
	{ "exec", run_exec },	    { "fork", run_fork },	  { "thread", run_thread },
	{ "wait", run_wait },	    { "storm", run_storm },	  { "race", run_race },
	{ "descend", run_descend }, { "identity", run_identity }, { "leave", run_leave },
	{ "crowd", run_crowd },
};

static const struct operation *operation_find(const char *name)
{
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
		if (!strcmp(operations[i].name, name))
			return &operations[i];
	}
	fail(name);
}

/* Runs the lines of one block; what is inside of an inner block runs with the line that opens it.
 */
void run_lines(const struct context *context, int from, int to)
{
	for (int index = from; index < to; index++) {
		struct line *line = script_line(index);

		operation_find(line->words[0])->run(context, line);
		index = script_block_end(index);
	}
}

int main(void)
{
	struct context context = { .pid = getpid(), .tid = gettid() };

	script_read();
	report_identity(&context, -1, true);
	run_lines(&context, 0, script_line_count());
	return 0;
}
