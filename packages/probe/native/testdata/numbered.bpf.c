// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Emits numbered records of growing length into a small ring whenever the watched process makes the
// watched system call. Every byte of a record follows from its number, so a reader can tell a lost,
// repeated, torn or misplaced record. What found no room is counted.
#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#define RECORD_WORDS_MAX 40
#define RECORD_EXTRA_MASK 255
#define RECORDS_MAX 64
#define HOLD_ROUNDS 500

struct task_struct {
	int tgid;
} __attribute__((preserve_access_index));

const volatile __u32 watched_tgid = 0;
const volatile __u64 watched_syscall = 0;
const volatile __u32 records_per_call = 1;
/* Every n-th record is reserved and discarded instead; 0 discards none. */
const volatile __u32 discard_every = 0;

__u64 emitted = 0;
__u64 refused = 0;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} records SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} calls SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__type(key, __u64);
	__type(value, __u32);
} table SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64[RECORD_WORDS_MAX]);
} scratch SEC(".maps");

static void record_emit(__u64 *record, __u64 number)
{
	/* Eight bytes of number, then up to 255 of the words that follow it. */
	__u64 length = 8 + (number & RECORD_EXTRA_MASK);

	for (__u32 i = 0; i < RECORD_WORDS_MAX; i++)
		record[i] = number + i;
	if (discard_every != 0 && number % discard_every == 0) {
		void *reserved = bpf_ringbuf_reserve(&records, 24, 0);

		if (reserved)
			bpf_ringbuf_discard(reserved, 0);
	}
	if (bpf_ringbuf_output(&records, record, length, 0) == 0)
		emitted = number + 1;
	else
		refused++;
}

static int is_watched(const __u64 *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();

	return (__u32)task->tgid == watched_tgid && ctx[1] == watched_syscall;
}

SEC("tp_btf/sys_enter")
int numbered_sys_enter(__u64 *ctx)
{
	__u32 zero = 0;

	if (!is_watched(ctx))
		return 0;

	__u64 *count = bpf_map_lookup_elem(&calls, &zero);
	__u64 *record = bpf_map_lookup_elem(&scratch, &zero);

	if (!count || !record)
		return 0;
	(*count)++;
	for (__u32 i = 0; i < RECORDS_MAX && i < records_per_call; i++)
		record_emit(record, emitted);
	return 0;
}

/*
 * Not loaded unless chosen: holds every record, with bytes that are not the final ones, for some
 * microseconds before it commits it. A reader must not take it before.
 */
SEC("?tp_btf/sys_enter")
int held_sys_enter(__u64 *ctx)
{
	if (!is_watched(ctx))
		return 0;

	__u64 *record = bpf_ringbuf_reserve(&records, 2 * sizeof(__u64), 0);

	if (!record) {
		refused++;
		return 0;
	}
	record[0] = ~0ULL;
	record[1] = ~0ULL;
	for (__u32 i = 0; i < HOLD_ROUNDS; i++)
		bpf_ktime_get_ns();
	record[0] = emitted;
	record[1] = emitted;
	emitted++;
	bpf_ringbuf_submit(record, 0);
	return 0;
}

/* Not loaded unless chosen: the verifier must refuse it, it reads past a map value. */
SEC("?raw_tp/sys_enter")
int refused_by_verifier(__attribute__((unused)) void *ctx)
{
	__u32 zero = 0;
	__u64 *count = bpf_map_lookup_elem(&calls, &zero);

	return count ? (int)count[99] : 0;
}

/* Not loaded unless chosen: it loads, but there is nothing to attach it to. */
SEC("?raw_tp/no_such_tracepoint")
int attached_to_nothing(__attribute__((unused)) void *ctx)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
