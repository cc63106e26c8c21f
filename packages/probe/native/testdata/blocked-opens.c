// SPDX-License-Identifier: Apache-2.0
// `blocked-opens FIFO COUNT`: that many threads block in open of a FIFO nobody writes to. Says
// "blocked" once they do; when its input ends it opens the other end, so that all of them return.
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static const char *fifo;

static void *open_fifo(void *unused)
{
	(void)unused;
	return open(fifo, O_RDONLY) < 0 ? "failed" : NULL;
}

// Whether a thread sleeps in the kernel; one that has not come so far runs.
static int is_sleeping(const char *thread)
{
	char path[300];
	char state = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%s/stat", thread);
	file = fopen(path, "r");
	if (!file)
		return 0;
	if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = 0;
	fclose(file);
	return state == 'S';
}

// Waits until all threads but the calling one sleep.
static void await_sleepers(void)
{
	const int own = getpid();
	DIR *threads = opendir("/proc/self/task");
	struct dirent *thread;

	while (threads && (thread = readdir(threads))) {
		const int number = atoi(thread->d_name);

		while (number > 0 && number != own && !is_sleeping(thread->d_name))
			usleep(1000);
	}
	if (threads)
		closedir(threads);
}

int main(int argc, char **argv)
{
	const int count = argc == 3 ? atoi(argv[2]) : 0;
	pthread_t *threads = calloc((size_t)count + 1, sizeof(*threads));
	struct rlimit files = { (rlim_t)count + 64, (rlim_t)count + 64 };
	pthread_attr_t small;
	int failures = 0;
	char end;

	if (count == 0 || !threads || setrlimit(RLIMIT_NOFILE, &files) != 0)
		return 2;
	fifo = argv[1];
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 64 * 1024);
	for (int i = 0; i < count; i++) {
		if (pthread_create(&threads[i], &small, open_fifo, NULL) != 0)
			return 3;
	}
	await_sleepers();
	puts("blocked");
	fflush(stdout);
	while (read(0, &end, 1) > 0)
		;
	if (open(fifo, O_WRONLY) < 0)
		return 4;
	for (int i = 0; i < count; i++) {
		void *failed = NULL;

		pthread_join(threads[i], &failed);
		failures += failed != NULL;
	}
	return failures == 0 ? 0 : 5;
}
