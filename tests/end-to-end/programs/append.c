// SPDX-License-Identifier: Apache-2.0
// append FILE TEXT: adds the text to the file and is gone.

#include <err.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc != 3)
		errx(2, "usage: append FILE TEXT");
	int file = open(argv[1], O_WRONLY | O_APPEND | O_CREAT, 0644);
	if (file < 0)
		err(1, "open %s", argv[1]);
	size_t length = strlen(argv[2]);
	if (write(file, argv[2], length) != (ssize_t)length)
		err(1, "write %s", argv[1]);
	if (close(file) != 0)
		err(1, "close %s", argv[1]);
	return 0;
}
