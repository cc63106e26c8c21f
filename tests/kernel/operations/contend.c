// SPDX-License-Identifier: Apache-2.0
// contend OPERATION COUNT MILLISECONDS CPU fifo|fair: three nice tasks on one CPU do an operation,
// as often as that in all or until the time is up, while a fourth is let run again and again for an
// instant. Where kernels can be preempted, it preempts the others inside of programs.
//
// The fourth makes no system call: it spins, and is stopped and continued from another CPU. So no
// event but the counted ones comes to the CPU.

#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stress.h"

enum { WORKERS = 3, NICE = 10, REST_US_MAX = 400, BURST_US_MAX = 150, NAME_BYTES = 16 };

struct shared {
	atomic_bool go, stop;
	atomic_int ready;
	atomic_long left;
	long done[WORKERS];
};

static void name_file(char *name, int index)
{
	snprintf(name, NAME_BYTES, "own-%d", index);
}

static void work(struct shared *shared, int index, int cpu, contended_work once)
{
	char name[NAME_BYTES];

	name_file(name, index);
	pin_to(cpu);
	if (setpriority(PRIO_PROCESS, 0, NICE))
		stop_with("be nice");
	atomic_fetch_add(&shared->ready, 1);
	while (!atomic_load(&shared->go))
		;
	for (long turn = 0; !atomic_load(&shared->stop); turn++) {
		if (atomic_fetch_sub(&shared->left, 1) <= 0)
			break;
		shared->done[index] += once(name, turn);
	}
	_exit(0);
}

/* Preempts whoever runs, each time it is let run. */
static void interrupt(int cpu, bool fifo)
{
	struct sched_param parameter = { .sched_priority = 1 };

	pin_to(cpu);
	if (fifo && sched_setscheduler(0, SCHED_FIFO, &parameter))
		stop_with("be a real-time task");
	raise(SIGSTOP);
	for (;;)
		;
}

static bool has_ended(const int *pids)
{
	siginfo_t found = { 0 };

	for (int i = 0; i < WORKERS; i++) {
		if (waitid(P_PID, (id_t)pids[i], &found, WEXITED | WNOHANG | WNOWAIT))
			stop_with("wait for a worker");
		if (!found.si_pid)
			return false;
		found.si_pid = 0;
	}
	return true;
}

/* Lets the interrupter run in short bursts; gives how often. */
static long disturb(struct shared *shared, int interrupter, const int *pids, long milliseconds)
{
	long end = now_ms() + milliseconds;
	long bursts = 0;

	while (!has_ended(pids)) {
		if (now_ms() >= end)
			atomic_store(&shared->stop, true);
		kill(interrupter, SIGCONT);
		pause_us(random() % BURST_US_MAX);
		kill(interrupter, SIGSTOP);
		pause_us(random() % REST_US_MAX);
		bursts++;
	}
	return bursts;
}

static void report(const struct shared *shared, const int *pids, long bursts)
{
	for (int i = 0; i < WORKERS; i++) {
		int status;

		if (waitpid(pids[i], &status, 0) != pids[i] || status)
			stop_with("a worker failed");
		printf("worker %d %ld\n", pids[i], shared->done[i]);
	}
	printf("bursts %ld\n", bursts);
	fflush(stdout);
}

static int start_interrupter(int cpu, bool fifo)
{
	int status, pid = fork_mortal();

	if (!pid)
		interrupt(cpu, fifo);
	if (waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status))
		stop_with("the interrupter ended");
	return pid;
}

int main_contend(int count, char **arguments)
{
	struct shared *shared = share_memory(sizeof(*shared));
	int pids[WORKERS], interrupter, cpu;
	contended_work once;
	char name[NAME_BYTES];
	long bursts;

	if (count != 5)
		stop_with("five arguments are needed");
	once = contended_work_find(arguments[0]);
	shared->left = argument_number(arguments, 1);
	cpu = (int)argument_number(arguments, 3);
	pin_to(0);
	interrupter = start_interrupter(cpu, !strcmp(arguments[4], "fifo"));
	for (int i = 0; i < WORKERS; i++) {
		name_file(name, i);
		if (mknod(name, S_IFREG | 0600, 0))
			stop_with("make a file");
		pids[i] = fork_mortal();
		if (!pids[i])
			work(shared, i, cpu, once);
	}
	/* What they do to get ready would be among what is missed. */
	while (atomic_load(&shared->ready) < WORKERS)
		pause_us(REST_US_MAX);
	atomic_store(&shared->go, true);
	bursts = disturb(shared, interrupter, pids, argument_number(arguments, 2));
	kill(interrupter, SIGKILL);
	waitpid(interrupter, 0, 0);
	report(shared, pids, bursts);
	return 0;
}
