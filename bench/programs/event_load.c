/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes events at a steady rate, or many at once: `event_load rate DIR PER_SECOND SECONDS` opens a
 * file for writing, `event_load prepare DIR N` makes N files, and `event_load burst DIR N CREATES`
 * deletes them and makes others. Prints how many it made, and in how many nanoseconds.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const long billion = 1000000000L;
/* So often a second it looks at the clock: a busy host that made it late gets the rest at once. */
static const long looks_per_second = 1000;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * billion + time.tv_nsec;
}

static void open_file(const char *path, int flags)
{
	int fd = open(path, flags, 0644);

	if (fd < 0)
		fail(path);
	close(fd);
}

static long make_rate(const char *directory, long per_second, long seconds)
{
	char path[512];
	long start = now(), made = 0, end = start + seconds * billion;

	snprintf(path, sizeof(path), "%s/target", directory);
	open_file(path, O_CREAT | O_WRONLY);
	made++;
	for (;;) {
		long at = now();
		struct timespec pause = { .tv_nsec = billion / looks_per_second };
		double due = (double)(at - start) / billion * per_second;

		if (at >= end)
			return made;
		while (made < due)
			open_file(path, O_WRONLY), made++;
		nanosleep(&pause, NULL);
	}
}

static void name_file(char *path, size_t size, const char *directory, const char *name, long i)
{
	snprintf(path, size, "%s/%s%ld", directory, name, i);
}

static long make_burst(const char *directory, long deletes, long creates)
{
	char path[512];

	for (long i = 0; i < deletes; i++) {
		name_file(path, sizeof(path), directory, "old", i);
		if (unlink(path))
			fail(path);
	}
	for (long i = 0; i < creates; i++) {
		name_file(path, sizeof(path), directory, "new", i);
		open_file(path, O_CREAT | O_EXCL | O_WRONLY);
	}
	return deletes + creates;
}

int main(int argc, char **argv)
{
	long start, made = 0;

	if (argc != (argc > 1 && !strcmp(argv[1], "prepare") ? 4 : 5))
		return 2;
	start = now();
	if (!strcmp(argv[1], "rate")) {
		made = make_rate(argv[2], atol(argv[3]), atol(argv[4]));
	} else if (!strcmp(argv[1], "burst")) {
		made = make_burst(argv[2], atol(argv[3]), atol(argv[4]));
	} else {
		char path[512];

		for (; made < atol(argv[3]); made++) {
			name_file(path, sizeof(path), argv[2], "old", made);
			open_file(path, O_CREAT | O_WRONLY);
		}
	}
	printf("%ld %ld\n", made, now() - start);
	return 0;
}
