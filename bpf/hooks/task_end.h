/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is kept for a task goes with it: the end of its last call may have been missed. */
#ifndef FIMBUL_HOOKS_TASK_END_H
#define FIMBUL_HOOKS_TASK_END_H

#include "functions/open.h"
#include "syscalls/objects.h"

/* In a program at the end of the current task. */
static __always_inline void task_forget(void)
{
	__u64 key = bpf_get_current_pid_tgid();

	bpf_map_delete_elem(&opens, &key);
	bpf_map_delete_elem(&calls, &key);
	objects_forget();
}

#endif
