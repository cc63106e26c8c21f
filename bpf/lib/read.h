/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reading kernel objects. Where the kernel has bpf_rdonly_cast (6.2) a member is read by one load
 * through a typed pointer; elsewhere by bpf_probe_read_kernel, 20 to 40 ns each. The bodies are
 * written once over READ and CAST with a literal `typed`; the verifier sees only the branch that
 * `typed_reads` selects, since read-only data is constant to it, and removes the other.
 */
#ifndef FIMBUL_LIB_READ_H
#define FIMBUL_LIB_READ_H

#include "include/kernel.h"

/* Set by user space before load: bpf_rdonly_cast and bpf_task_pt_regs exist, and storage of tasks.
 */
const volatile bool typed_reads = false;

extern void *bpf_rdonly_cast(const void *object, __u32 type_id) __ksym __weak;

#define READ(typed, pointer, member) \
	((typed) ? (pointer)->member : BPF_CORE_READ((pointer), member))

#define CAST(typed, type, address)                                                           \
	((typed) ? (type *)bpf_rdonly_cast((void *)(address), bpf_core_type_id_kernel(type)) \
		 : (type *)(address))

/* What a map keeps for the current task; null when it keeps nothing, or cannot. KERNEL 6.2: found
 * without a lock, so that it is never out of reach; only to make it may fail. */
#define TASK_STORAGE(typed, map, flags) \
	((typed) ? bpf_task_storage_get(&(map), bpf_get_current_task_btf(), 0, (flags)) : 0)

#define TASK_STORAGE_CREATE BPF_LOCAL_STORAGE_GET_F_CREATE

static __always_inline struct task_struct *task_current(const bool typed)
{
	return CAST(typed, struct task_struct, bpf_get_current_task());
}

/* Reads 64 bits at an address as a number. VERIFIER: what is read as a pointer stays one, and may
 * not be calculated with; a type whose first member is a number of this size makes it a number. */
static __always_inline __u64 read_number(const void *address, const bool typed)
{
	__u64 value = 0;

	if (typed)
		return CAST(typed, struct timespec64, address)->tv_sec;
	bpf_probe_read_kernel(&value, sizeof(value), address);
	return value;
}

#endif
