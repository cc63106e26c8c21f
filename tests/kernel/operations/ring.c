// SPDX-License-Identifier: Apache-2.0
// Calls as requests to io_uring, one ring for each: no thread shares one, and none is left over.

#define _GNU_SOURCE
#include <errno.h>
#include <linux/io_uring.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "operate.h"

struct ring {
	int descriptor;
	struct io_uring_params params;
	char *queues;
	struct io_uring_sqe *entry;
	size_t queue_bytes;
};

static unsigned *ring_word(const struct ring *ring, unsigned offset)
{
	return (unsigned *)(ring->queues + offset);
}

/* The arguments of a system call, as a request has them. */
static bool entry_fill(struct io_uring_sqe *entry, const char *name, const long *value)
{
	entry->fd = (int)value[0];
	entry->addr = (unsigned long)value[1];
	if (!strcmp(name, "openat")) {
		entry->opcode = IORING_OP_OPENAT;
		entry->open_flags = (unsigned)value[2];
		entry->len = (unsigned)value[3];
	} else if (!strcmp(name, "openat2")) {
		entry->opcode = IORING_OP_OPENAT2;
		entry->addr2 = (unsigned long)value[2];
		entry->len = (unsigned)value[3];
	} else if (!strcmp(name, "unlinkat")) {
		entry->opcode = IORING_OP_UNLINKAT;
		entry->unlink_flags = (unsigned)value[2];
	} else if (!strcmp(name, "renameat2")) {
		entry->opcode = IORING_OP_RENAMEAT;
		entry->len = (unsigned)value[2];
		entry->addr2 = (unsigned long)value[3];
		entry->rename_flags = (unsigned)value[4];
	} else {
		return false;
	}
	return true;
}

static bool ring_open(struct ring *ring)
{
	struct io_sqring_offsets *sq = &ring->params.sq_off;
	struct io_cqring_offsets *cq = &ring->params.cq_off;
	size_t sq_bytes, cq_bytes;

	ring->descriptor = (int)syscall(SYS_io_uring_setup, 1, &ring->params);
	if (ring->descriptor < 0)
		return false;
	if (!(ring->params.features & IORING_FEAT_SINGLE_MMAP))
		fail("io_uring is older than Linux 5.4");
	sq_bytes = sq->array + ring->params.sq_entries * sizeof(unsigned);
	cq_bytes = cq->cqes + ring->params.cq_entries * sizeof(struct io_uring_cqe);
	ring->queue_bytes = sq_bytes > cq_bytes ? sq_bytes : cq_bytes;
	ring->queues = mmap(0, ring->queue_bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
			    ring->descriptor, IORING_OFF_SQ_RING);
	ring->entry = mmap(0, sizeof(*ring->entry), PROT_READ | PROT_WRITE, MAP_SHARED,
			   ring->descriptor, IORING_OFF_SQES);
	if (ring->queues == MAP_FAILED || (void *)ring->entry == MAP_FAILED)
		fail("map a ring");
	return true;
}

/* Returns the result of the request, or of what failed before it. */
static long ring_submit(const struct ring *ring)
{
	struct io_uring_cqe *completions;

	*ring_word(ring, ring->params.sq_off.array) = 0;
	__atomic_store_n(ring_word(ring, ring->params.sq_off.tail), 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring->descriptor, 1, 1, IORING_ENTER_GETEVENTS, 0, 0) != 1)
		return -errno;
	completions = (struct io_uring_cqe *)(ring->queues + ring->params.cq_off.cqes);
	return completions[0].res;
}

long ring_call(const char *name, const long *value)
{
	struct ring ring = { 0 };
	long result;

	if (!ring_open(&ring))
		return -errno;
	memset(ring.entry, 0, sizeof(*ring.entry));
	if (!entry_fill(ring.entry, name, value))
		fail("no such request to io_uring");
	result = ring_submit(&ring);
	munmap(ring.entry, sizeof(*ring.entry));
	munmap(ring.queues, ring.queue_bytes);
	close(ring.descriptor);
	return result;
}
