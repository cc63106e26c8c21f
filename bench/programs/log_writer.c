/* SPDX-License-Identifier: Apache-2.0 */
/* Appends lines to a log that it opens for each, and rotates: `log_writer DIR LINES PER_FILE`. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const int kept = 4;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void rotate(const char *directory)
{
	char from[512], to[512];

	snprintf(to, sizeof(to), "%s/service.log.%d", directory, kept);
	unlink(to);
	for (int i = kept - 1; i >= 0; i--) {
		snprintf(from, sizeof(from), "%s/service.log.%d", directory, i);
		snprintf(to, sizeof(to), "%s/service.log.%d", directory, i + 1);
		if (i == 0)
			snprintf(from, sizeof(from), "%s/service.log", directory);
		if (rename(from, to) && i == 0)
			fail("rename");
	}
}

int main(int argc, char **argv)
{
	static const char line[] = "Jan  1 00:00:00 host service[1]: something happened\n";
	char path[512];
	long lines, per_file;

	if (argc != 4)
		return 2;
	lines = atol(argv[2]);
	per_file = atol(argv[3]);
	snprintf(path, sizeof(path), "%s/service.log", argv[1]);
	for (long i = 0; i < lines; i++) {
		int fd = open(path, O_CREAT | O_WRONLY | O_APPEND, 0640);

		if (fd < 0 || write(fd, line, sizeof(line) - 1) < 0)
			fail(path);
		close(fd);
		if (i % per_file == per_file - 1) {
			if (chmod(path, 0600))
				fail("chmod");
			rotate(argv[1]);
		}
	}
	return 0;
}
