/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Counting: every event is counted as seen and, exactly once more, as what became of it. */
#ifndef FIMBUL_LIB_COUNTERS_H
#define FIMBUL_LIB_COUNTERS_H

#include "lib/maps.h"

static __always_inline struct counters *counters_of(enum record_kind kind)
{
	__u32 key = kind;

	return bpf_map_lookup_elem(&counters, &key);
}

/* Atomic, because control groups are announced by several programs and programs may be preempted
 * by one another on one CPU. */
static __always_inline void count_in(struct counters *counters, enum counter counter)
{
	if (counters)
		__sync_fetch_and_add(&counters->value[counter], 1);
}

static __always_inline void count(enum record_kind kind, enum counter counter)
{
	count_in(counters_of(kind), counter);
}

static __always_inline void count_trouble(enum trouble trouble)
{
	__u32 key = trouble;
	__u64 *found = bpf_map_lookup_elem(&troubles, &key);

	if (found)
		__sync_fetch_and_add(found, 1);
}

#endif
