/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Sends the path of a control group once, before the first record that names the group. */
#ifndef FIMBUL_LIB_CGROUP_ANNOUNCE_H
#define FIMBUL_LIB_CGROUP_ANNOUNCE_H

#include "lib/record.h"

static __always_inline struct kernfs_node *kernfs_parent(struct kernfs_node *node, const bool typed)
{
	if (bpf_core_field_exists(struct kernfs_node___rcu, __parent))
		return (struct kernfs_node *)BPF_CORE_READ((struct kernfs_node___rcu *)node,
							   __parent);
	return READ(typed, node, parent);
}

static __always_inline void cgroup_append_path(struct scratch *scratch,
					       struct cgroup_record *record, __u64 address,
					       const bool typed)
{
	__u32 start = scratch->length;

	record->path.offset = start;
	for (__u32 i = 0; i < CGROUP_DEPTH_MAX; i++) {
		struct kernfs_node *node = CAST(typed, struct kernfs_node, address);
		struct kernfs_node *parent = kernfs_parent(node, typed);
		__u32 at = scratch->length;
		long length;

		if (!parent) {
			if (at > start)
				record->path.length = at - start - 1;
			return;
		}
		if (at > start + PATH_BYTES_MAX || at > RECORD_BYTES_MAX)
			break;
		length = bpf_probe_read_kernel_str(&scratch->record[at], NAME_BYTES_MAX + 1,
						   READ(typed, node, name));
		if (length < 1 || length > NAME_BYTES_MAX + 1)
			break;
		/* In place of the NUL. */
		if ((__u32)(at + length - 1) < sizeof(scratch->record))
			scratch->record[at + length - 1] = '/';
		scratch->length = at + length;
		address = (__u64)parent;
	}
	record->path.length = scratch->length - start;
	record->path_flags = PATH_TRUNCATED;
}

static __always_inline void cgroup_announce_task(struct scratch *scratch, struct task_struct *task,
						 const bool typed)
{
	struct cgroup *cgroup = cgroup_of_task(task, typed);
	struct cgroup_root *root = READ(typed, cgroup, root);
	struct cgroup_key key = {};
	struct cgroup_record *record;
	__u64 node = 0;
	__u8 kind = CGROUP_ANNOUNCED;
	long error = 0;

	bpf_core_read(&node, sizeof(node), &cgroup->kn);
	key.id = READ(typed, CAST(typed, struct kernfs_node, node), id);
	key.hierarchy = READ(typed, root, hierarchy_id);
	if (bpf_map_lookup_elem(&cgroups_announced, &key))
		return;
	count(RECORD_CGROUP, COUNTER_SEEN);
	record = record_begin(scratch, struct cgroup_record);
	record_header_fill(&record->header, RECORD_CGROUP, scratch);
	process_fill(&record->header.process, task, typed);
	cgroup_append_path(scratch, record, node, typed);
	if (record_send(scratch, RECORD_CGROUP))
		error = bpf_map_update_elem(&cgroups_announced, &key, &kind, BPF_NOEXIST);
	/* Another CPU was quicker, or user space, which knows more of it by now. */
	if (error && error != -EEXIST)
		count_trouble(TROUBLE_CGROUP_TABLE_FULL);
}

/* Announces the group of the current task. Uses the scratch of the calling program, whose own
 * record must not have been begun.
 * VERIFIER: global, so that it is verified once for all operations of a program. */
__noinline int cgroup_announce(__u32 program)
{
	struct scratch *scratch = scratch_of(program);

	if (!scratch)
		return 0;
	if (typed_reads)
		cgroup_announce_task(scratch, task_current(true), true);
	else
		cgroup_announce_task(scratch, task_current(false), false);
	return 0;
}

#endif
