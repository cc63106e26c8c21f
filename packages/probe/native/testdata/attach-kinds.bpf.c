// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One program of each kind that is aimed from user space: its section names no function. Each
// counts its runs in a process that is watched.
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

const volatile __u32 watched_tgid = 0;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 5);
	__type(key, __u32);
	__type(value, __u64);
} runs SEC(".maps");

static void count_run(__u32 index)
{
	__u64 *count;

	if (bpf_get_current_pid_tgid() >> 32 != watched_tgid)
		return;
	count = bpf_map_lookup_elem(&runs, &index);
	if (count)
		__sync_fetch_and_add(count, 1);
}

SEC("?kprobe")
int at_kprobe(__attribute__((unused)) void *ctx)
{
	count_run(0);
	return 0;
}

SEC("?kretprobe")
int at_kretprobe(__attribute__((unused)) void *ctx)
{
	count_run(1);
	return 0;
}

SEC("?fentry")
int at_fentry(__attribute__((unused)) void *ctx)
{
	count_run(2);
	return 0;
}

SEC("?fexit")
int at_fexit(__attribute__((unused)) void *ctx)
{
	count_run(3);
	return 0;
}

SEC("?lsm")
int at_lsm(__attribute__((unused)) void *ctx)
{
	count_run(4);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
