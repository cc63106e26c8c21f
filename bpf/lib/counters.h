/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Counting: every event is counted as seen and, exactly once more, as what became of it. */
#ifndef FIMBUL_LIB_COUNTERS_H
#define FIMBUL_LIB_COUNTERS_H

#include "lib/maps.h"

/* Atomic, because control groups are announced by several programs and programs may be preempted
 * by one another on one CPU. */
static __always_inline void count(enum record_kind kind, enum counter counter)
{
	__u32 key = kind;
	struct counters *found = bpf_map_lookup_elem(&counters, &key);

	if (found)
		__sync_fetch_and_add(&found->value[counter], 1);
}

static __always_inline void count_trouble(enum trouble trouble)
{
	__u32 key = trouble;
	__u64 *found = bpf_map_lookup_elem(&troubles, &key);

	if (found)
		__sync_fetch_and_add(found, 1);
}

#endif
