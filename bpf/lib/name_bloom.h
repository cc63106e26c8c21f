/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A Bloom filter of the names that rules list: most names are none of them, and to tell so takes no
 * search. */
#ifndef FIMBUL_LIB_NAME_BLOOM_H
#define FIMBUL_LIB_NAME_BLOOM_H

#include "lib/maps.h"

static __always_inline __u32 name_bloom_bit(__u64 start, __u32 length)
{
	return (start ^ (__u64)length * 0xff51afd7ed558ccd) * 0x9e3779b97f4a7c15 >> 50;
}

_Static_assert(FILTER_NAME_BLOOM_BITS == 1 << (64 - 50), "a hash chooses a bit");

static __always_inline bool name_may_be_listed(__u32 table, __u64 start, __u32 length)
{
	struct filter_name_bloom *bloom = bpf_map_lookup_elem(&filter_name_blooms, &table);
	__u32 bit;

	/* No file has an empty name: one that seems to have could not be read. */
	if (!bloom || !length || length > FILTER_NAME_BYTES_MAX)
		return true;
	if (length < sizeof(start))
		start &= (1ULL << length * 8) - 1;
	bit = name_bloom_bit(start, length);
	return bloom->words[bit >> 6 & (FILTER_NAME_BLOOM_BITS / 64 - 1)] >> (bit & 63) & 1;
}

/* Whether certainly no rule lists a name, by its length and its first 8 bytes. VERIFIER: global, so
 * that it is verified once. */
__noinline int name_is_unlisted(__u32 table, __u64 start, __u32 length)
{
	return !name_may_be_listed(table, start, length);
}

#endif
