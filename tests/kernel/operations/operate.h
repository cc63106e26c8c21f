// SPDX-License-Identifier: Apache-2.0
// A script of operations and whoever runs it. The program allocates nothing, so that it never makes
// a file event of its own, and is linked statically below 4 GiB, so that addresses of its data fit
// the 32-bit system call entry.
#ifndef OPERATE_H
#define OPERATE_H

#include <stdbool.h>
#include <stddef.h>

enum {
	SCRIPT_BYTES_MAX = 256 * 1024,
	LINES_MAX = 2048,
	WORDS_MAX = 8192,
	SLOTS_MAX = 32,
	CALL_ARGUMENTS_MAX = 6,
};

/* One line of the script: an operation and what it works on. */
struct line {
	char **words;
	int count;
	int index;
};

/* The task that runs a part of the script. Ids are those of the namespace the program began in. */
struct context {
	int pid;
	int tid;
};

/* script.c */
void script_read(void);
int script_line_count(void);
struct line *script_line(int index);
/* The line that ends the block opened at a line. */
int script_block_end(int index);
long script_number(const char *word);
long script_value(const struct context *context, char *word);
void script_keep(const char *word, long value);

/* report.c */
void report(const char *format, ...) __attribute__((format(printf, 1, 2)));
void report_identity(const struct context *context, int index, bool whole);
void report_call(const struct context *context, int index, long result, bool is_open);
void fail(const char *what) __attribute__((noreturn));

/* calls.c */
void run_call(const struct context *context, struct line *line);
void run_exec(const struct context *context, struct line *line);

/* ring.c */
long ring_call(const char *name, const long *value);

/* tasks.c */
void run_fork(const struct context *context, struct line *line);
void run_thread(const struct context *context, struct line *line);
void run_crowd(const struct context *context, struct line *line);
void run_leave(const struct context *context, struct line *line);
void run_wait(const struct context *context, struct line *line);

/* loads.c */
void run_descend(const struct context *context, struct line *line);
void run_storm(const struct context *context, struct line *line);
void run_race(const struct context *context, struct line *line);

/* operate.c */
void run_lines(const struct context *context, int from, int to);

#endif
