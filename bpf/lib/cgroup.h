/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Control groups: an event names its group by number; the path of a group is sent once, before the
 * first record that names it. On hosts with version 1 hierarchies, where the unified one is often
 * left at its root, the first controller that puts the task below a root decides.
 */
#ifndef FIMBUL_LIB_CGROUP_H
#define FIMBUL_LIB_CGROUP_H

#include "include/records.gen.h"
#include "lib/read.h"

static __always_inline struct cgroup *cgroup_of_controller(struct css_set *set, __u32 controller,
							   const bool typed)
{
	struct cgroup_subsys_state *state;

	state = CAST(typed, struct cgroup_subsys_state,
		     read_number(__builtin_preserve_access_index(&set->subsys[controller]), typed));
	return READ(typed, state, cgroup);
}

/* Gives the group of a controller, if it is below its hierarchy's root. */
#define CGROUP_TRY(controller)                                                               \
	do {                                                                                 \
		if (!bpf_core_enum_value_exists(enum cgroup_subsys_id, controller))          \
			break;                                                               \
		cgroup = cgroup_of_controller(                                               \
			set, bpf_core_enum_value(enum cgroup_subsys_id, controller), typed); \
		if (READ(typed, cgroup, level) > 0)                                          \
			return cgroup;                                                       \
	} while (0)

static __always_inline struct cgroup *cgroup_of_task(struct task_struct *task, const bool typed)
{
	struct css_set *set = READ(typed, task, cgroups);
	struct cgroup *unified = READ(typed, set, dfl_cgrp);
	struct cgroup *cgroup;

	if (READ(typed, unified, level) > 0)
		return unified;
	CGROUP_TRY(memory_cgrp_id);
	CGROUP_TRY(pids_cgrp_id);
	CGROUP_TRY(cpu_cgrp_id);
	CGROUP_TRY(devices_cgrp_id);
	return unified;
}

static __always_inline void cgroup_identify(struct process_facts *facts, struct task_struct *task,
					    const bool typed)
{
	struct cgroup *cgroup = cgroup_of_task(task, typed);
	struct kernfs_node *node = READ(typed, cgroup, kn);
	struct cgroup_root *root = READ(typed, cgroup, root);

	facts->cgroup_id = READ(typed, node, id);
	facts->cgroup_hierarchy = READ(typed, root, hierarchy_id);
}

#endif
