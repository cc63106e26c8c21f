// SPDX-License-Identifier: Apache-2.0
// stress LOAD ARGUMENTS…: runs a load by its name.

#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "stress.h"

/* No load is meant to take as long, even under emulation. */
enum { LIFETIME_SECONDS = 120 };

struct load {
	const char *name;
	int (*run)(int count, char **arguments);
};

static const struct load loads[] = {
	{ "contend", main_contend },
	{ "brief-lives", main_brief_lives },
	{ "deep", main_deep },
	{ "mounts", main_mounts },
};

void stop_with(const char *what)
{
	dprintf(2, "stress: %s: %s\n", what, strerror(errno));
	_exit(125);
}

long argument_number(char **arguments, int index)
{
	char *end;
	long number = strtol(arguments[index], &end, 10);

	if (*end || end == arguments[index])
		stop_with(arguments[index]);
	return number;
}

void pin_to(int cpu)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		stop_with("go to a CPU");
}

long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void pause_us(long us)
{
	struct timespec time = { us / 1000000, us % 1000000 * 1000 };

	nanosleep(&time, 0);
}

int fork_mortal(void)
{
	int parent = getpid();
	int pid = fork();

	if (pid < 0)
		stop_with("fork");
	if (pid)
		return pid;
	alarm(LIFETIME_SECONDS);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
		_exit(125);
	return 0;
}

void *share_memory(unsigned long bytes)
{
	void *memory = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		stop_with("share memory");
	return memory;
}

int main(int count, char **arguments)
{
	alarm(LIFETIME_SECONDS);
	for (size_t i = 0; count > 1 && i < sizeof(loads) / sizeof(loads[0]); i++) {
		if (!strcmp(loads[i].name, arguments[1]))
			return loads[i].run(count - 2, arguments + 2);
	}
	dprintf(2, "usage: stress LOAD ARGUMENTS...\n");
	return 2;
}
