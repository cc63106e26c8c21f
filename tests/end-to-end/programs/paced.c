// SPDX-License-Identifier: Apache-2.0
// paced PREFIX COUNT RATE: COUNT operations on files, RATE a second: each file is created, changed
// in mode, renamed and removed. Prints how many milliseconds that took; it catches up after it was
// kept waiting, so that what it prints tells whether the rate was held.

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SECOND_NS = 1000000000, URGENCY = -10 };

static long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * SECOND_NS + now.tv_nsec;
}

static void wait_until(long ns)
{
	struct timespec time = { ns / SECOND_NS, ns % SECOND_NS };

	if (now_ns() < ns)
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
}

static void create(const char *path)
{
	int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	if (file < 0 || close(file) != 0)
		err(1, "create %s", path);
}

static void operate(const char *prefix, long number)
{
	char path[4096], other[4096];

	snprintf(path, sizeof(path), "%s%ld", prefix, number / 4);
	snprintf(other, sizeof(other), "%s%ld-renamed", prefix, number / 4);
	switch (number % 4) {
	case 0:
		return create(path);
	case 1:
		if (chmod(path, 0600) != 0)
			err(1, "chmod %s", path);
		return;
	case 2:
		if (rename(path, other) != 0)
			err(1, "rename %s", path);
		return;
	default:
		if (unlink(other) != 0)
			err(1, "unlink %s", other);
	}
}

int main(int argc, char **argv)
{
	if (argc != 4)
		errx(2, "usage: paced PREFIX COUNT RATE");
	long count = strtol(argv[2], NULL, 10);
	long rate = strtol(argv[3], NULL, 10);
	if (count % 4 != 0 || rate < 1)
		errx(2, "COUNT must be a multiple of 4, and RATE positive");
	if (setpriority(PRIO_PROCESS, 0, URGENCY) != 0)
		err(1, "setpriority");
	long start = now_ns();
	for (long number = 0; number < count; number++) {
		wait_until(start + number * (SECOND_NS / rate));
		operate(argv[1], number);
	}
	printf("%ld\n", (now_ns() - start) / 1000000);
	return 0;
}
