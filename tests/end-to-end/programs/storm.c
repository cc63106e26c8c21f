// SPDX-License-Identifier: Apache-2.0
// storm PREFIX COUNT: creates and removes that many files, one after the other, as fast as it can.
// storm PREFIX COUNT same: the same, but always one file. Every call that fails ends it with 1, so
// that an exit status of 0 is the truth about what was made.

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc < 3 || argc > 4 || (argc == 4 && strcmp(argv[3], "same") != 0))
		errx(2, "usage: storm PREFIX COUNT [same]");
	char path[4096];
	long count = strtol(argv[2], NULL, 10);
	for (long number = 0; number < count; number++) {
		if (argc == 4)
			snprintf(path, sizeof(path), "%s", argv[1]);
		else
			snprintf(path, sizeof(path), "%s%ld", argv[1], number);
		int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
		if (file < 0)
			err(1, "open %s", path);
		if (close(file) != 0)
			err(1, "close %s", path);
		if (unlink(path) != 0)
			err(1, "unlink %s", path);
	}
	return 0;
}
