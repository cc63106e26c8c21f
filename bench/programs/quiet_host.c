/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host on which little happens: `quiet_host DIR CREATES_PER_SECOND SECONDS` creates files, and
 * renames one each second. Prints how many it created.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static const long billion = 1000000000L;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

int main(int argc, char **argv)
{
	char path[512], renamed[512];
	struct timespec next;
	long per_second, created = 0;

	if (argc != 4)
		return 2;
	per_second = atol(argv[2]);
	clock_gettime(CLOCK_MONOTONIC, &next);
	for (long left = per_second * atol(argv[3]); left > 0; left--) {
		int fd;

		snprintf(path, sizeof(path), "%s/file%ld", argv[1], created);
		fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0644);
		if (fd < 0)
			fail(path);
		close(fd);
		created++;
		if (created % per_second == 0) {
			snprintf(renamed, sizeof(renamed), "%s/renamed%ld", argv[1], created);
			if (rename(path, renamed))
				fail(path);
		}
		next.tv_nsec += billion / per_second;
		if (next.tv_nsec >= billion) {
			next.tv_nsec -= billion;
			next.tv_sec++;
		}
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
	}
	printf("%ld\n", created);
	return 0;
}
