/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Building a record in the scratch of a program and sending it. The fixed part comes first;
 * variable parts are appended behind it. What cannot be sent is counted, never dropped in silence.
 */
#ifndef FIMBUL_LIB_RECORD_H
#define FIMBUL_LIB_RECORD_H

#include "include/records.gen.h"
#include "lib/counters.h"
#include "lib/maps.h"
#include "lib/process.h"

/* Set by user space before load: bytes in the ring above which only records about processes and
 * control groups are taken, because no later event could be explained without them. */
const volatile __u64 ring_reserve_above = ~0ULL;

/* Never called, so libbpf leaves it out. Its parameter brings the layouts of all records into BTF,
 * where they can be held against what user space reads. */
__attribute__((used)) static __noinline bool record_is_described(const union record *record)
{
	return record;
}

static __always_inline struct scratch *scratch_of(__u32 program)
{
	return bpf_map_lookup_elem(&scratch, &program);
}

/* Clears the fixed part: pads and absent members are zero. */
#define record_begin(scratch, type)                                   \
	({                                                            \
		__builtin_memset((scratch)->record, 0, sizeof(type)); \
		(scratch)->length = sizeof(type);                     \
		(type *)(scratch)->record;                            \
	})

static __always_inline void record_header_fill(struct record_header *header, enum record_kind kind,
					       struct scratch *scratch)
{
	header->kind = kind;
	header->timestamp_ns = bpf_ktime_get_boot_ns();
	header->cpu = bpf_get_smp_processor_id();
	header->sequence = ++scratch->sequence;
}

/* Whether to wake the agent: when it sleeps, and when the ring fills faster than it looks. */
static __always_inline __u64 ring_wakeup_flags(__u64 used)
{
	__u32 zero = 0;
	__u32 *sleeps = bpf_map_lookup_elem(&consumer_sleeps, &zero);

	if (sleeps && *sleeps) {
		*sleeps = 0;
		return BPF_RB_FORCE_WAKEUP;
	}
	return used > ring_reserve_above / 2 ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;
}

static __always_inline bool record_is_system(enum record_kind kind)
{
	return kind == RECORD_EXEC || kind == RECORD_FORK || kind == RECORD_EXIT ||
	       kind == RECORD_CGROUP;
}

/* Sends the record and counts it as sent or lost. True when it was sent. */
static __always_inline bool record_send(struct scratch *scratch, enum record_kind kind)
{
	struct record_header *header = (struct record_header *)scratch->record;
	__u64 length = scratch->length;
	__u64 used;

	/* VERIFIER: the length is memory to it; no record is as long. */
	barrier_var(length);
	if (length > RECORD_BYTES_MAX)
		length = RECORD_BYTES_MAX;
	header->length = length;
	used = bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA);
	if (!record_is_system(kind) && used > ring_reserve_above) {
		count(kind, COUNTER_LOST_RING_FULL);
		return false;
	}
	if (bpf_ringbuf_output(&ring, scratch->record, length, ring_wakeup_flags(used))) {
		count(kind, COUNTER_LOST_RING_FULL);
		return false;
	}
	count(kind, COUNTER_SENT);
	return true;
}

#endif
