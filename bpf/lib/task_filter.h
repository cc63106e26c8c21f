/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the filter asks of who does something: the ids of the task, its container, its program and
 * its ancestors. The last stage, since reading it costs most and most events are nobody's before.
 */
#ifndef FIMBUL_LIB_TASK_FILTER_H
#define FIMBUL_LIB_TASK_FILTER_H

#include "lib/cgroup.h"
#include "lib/filter_values.h"
#include "lib/process.h"
#include "lib/process_filter.h"

/* Set by user space before load: numbers of the host's namespaces, 0 where it does not know them.
 */
const volatile __u32 host_pid_namespace = 0;
const volatile __u32 host_mount_namespace = 0;

#define FILTER_VALUES_OF_IDS                                                           \
	(FILTER_VALUE_BIT(FILTER_VALUE_UID) | FILTER_VALUE_BIT(FILTER_VALUE_GID) |     \
	 FILTER_VALUE_BIT(FILTER_VALUE_EUID) | FILTER_VALUE_BIT(FILTER_VALUE_EGID) |   \
	 FILTER_VALUE_BIT(FILTER_VALUE_FSUID) | FILTER_VALUE_BIT(FILTER_VALUE_FSGID) | \
	 FILTER_VALUE_BIT(FILTER_VALUE_AUID))

#define FILTER_VALUES_OF_TASK (FILTER_VALUES_OF_IDS | FILTER_VALUE_BIT(FILTER_VALUE_CONTAINED))

/* Lanes left by the ids. Only a task itself changes them, so that its record has the same. */
static __always_inline __u64 filter_by_ids(const struct filter_operation *filter,
					   struct task_struct *task, const bool typed)
{
	const struct cred *cred;
	__u32 auid = -1;
	__u64 lanes;

	if (!(filter->values & FILTER_VALUES_OF_IDS))
		return ~0ULL;
	cred = READ(typed, task, cred);
	lanes = filter_by_value(filter, FILTER_VALUE_UID, READ(typed, cred, uid.val));
	lanes &= filter_by_value(filter, FILTER_VALUE_GID, READ(typed, cred, gid.val));
	lanes &= filter_by_value(filter, FILTER_VALUE_EUID, READ(typed, cred, euid.val));
	lanes &= filter_by_value(filter, FILTER_VALUE_EGID, READ(typed, cred, egid.val));
	lanes &= filter_by_value(filter, FILTER_VALUE_FSUID, READ(typed, cred, fsuid.val));
	lanes &= filter_by_value(filter, FILTER_VALUE_FSGID, READ(typed, cred, fsgid.val));
	if (bpf_core_field_exists(struct task_struct, loginuid))
		auid = READ(typed, task, loginuid.val);
	return lanes & filter_by_value(filter, FILTER_VALUE_AUID, auid);
}

/* Whether a task is in a container, as user space will find it by the same record. Its group tells
 * by its path, which user space has looked at. Where that has not the shape of a container's, a
 * task in namespaces of its own may be in one all the same. */
static __always_inline __u64 filter_by_container(const struct filter_operation *filter,
						 struct task_struct *task, const bool typed)
{
	struct process_facts facts;
	struct cgroup_key key = {};
	__u8 *group;

	if (!filter_has_value(filter, FILTER_VALUE_CONTAINED))
		return ~0ULL;
	cgroup_identify(&facts, task, typed);
	key.id = facts.cgroup_id;
	key.hierarchy = facts.cgroup_hierarchy;
	group = bpf_map_lookup_elem(&cgroups_announced, &key);
	if (!group || *group == CGROUP_ANNOUNCED)
		return ~0ULL;
	if (*group == CGROUP_OF_CONTAINER)
		return filter_by_value(filter, FILTER_VALUE_CONTAINED, 1);
	process_namespaces(&facts, task, typed);
	if (!facts.pid_namespace)
		return ~0ULL;
	if (facts.pid_namespace == host_pid_namespace ||
	    (facts.mount_namespace && facts.mount_namespace == host_mount_namespace))
		return filter_by_value(filter, FILTER_VALUE_CONTAINED, 0);
	return ~0ULL;
}

/* VERIFIER: global, so that it is verified once; the operation is a key of `filter_operations`. */
__noinline __u64 task_filter_lanes(__u32 operation, __u64 lanes)
{
	struct filter_operation *filter = bpf_map_lookup_elem(&filter_operations, &operation);

	if (!filter)
		return lanes;
	lanes &= typed_reads ? filter_by_ids(filter, task_current(true), true)
			     : filter_by_ids(filter, task_current(false), false);
	if (!lanes)
		return 0;
	return lanes & (typed_reads ? filter_by_container(filter, task_current(true), true)
				    : filter_by_container(filter, task_current(false), false));
}

/* Lanes left by the current task. */
static __always_inline __u64 filter_by_task(const struct filter_operation *filter, __u64 lanes)
{
	if (lanes && filter->values & FILTER_VALUES_OF_TASK)
		lanes = task_filter_lanes(filter->name_table >> 1, lanes);
	return filter_by_process(filter, lanes);
}

#endif
