/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who did it: credentials, namespaces and control group of a task, read at the moment. */
#ifndef FIMBUL_LIB_PROCESS_H
#define FIMBUL_LIB_PROCESS_H

#include "include/records.gen.h"
#include "lib/cgroup.h"
#include "lib/read.h"

static __always_inline void process_credentials(struct process_facts *facts,
						struct task_struct *task, const bool typed)
{
	const struct cred *cred = READ(typed, task, cred);

	facts->uid = READ(typed, cred, uid.val);
	facts->gid = READ(typed, cred, gid.val);
	facts->euid = READ(typed, cred, euid.val);
	facts->egid = READ(typed, cred, egid.val);
	facts->fsuid = READ(typed, cred, fsuid.val);
	facts->fsgid = READ(typed, cred, fsgid.val);
	bpf_core_read(&facts->cap_permitted, sizeof(__u64), &cred->cap_permitted);
	bpf_core_read(&facts->cap_effective, sizeof(__u64), &cred->cap_effective);
	/* Absent without CONFIG_AUDIT. */
	if (bpf_core_field_exists(struct task_struct, loginuid))
		facts->auid = READ(typed, task, loginuid.val);
	else
		facts->auid = (__u32)-1;
}

static __always_inline void process_namespaces(struct process_facts *facts,
					       struct task_struct *task, const bool typed)
{
	struct nsproxy *nsproxy = READ(typed, task, nsproxy);
	struct pid *pid = READ(typed, task, thread_pid);

	facts->mount_namespace = 0;
	facts->network_namespace = 0;
	facts->pid_namespace = 0;
	/* Both are gone late in the exit of a task. */
	if (nsproxy) {
		struct mnt_namespace *mount_namespace = READ(typed, nsproxy, mnt_ns);
		struct net *network_namespace = READ(typed, nsproxy, net_ns);

		facts->mount_namespace = READ(typed, mount_namespace, ns.inum);
		facts->network_namespace = READ(typed, network_namespace, ns.inum);
	}
	if (pid) {
		__u32 level = READ(typed, pid, level);
		/* VERIFIER: a variable offset into a typed pointer is refused. */
		struct pid_namespace *pid_namespace = BPF_CORE_READ(pid, numbers[level & 0x1f].ns);

		facts->pid_namespace = BPF_CORE_READ(pid_namespace, ns.inum);
	}
}

static __always_inline void process_fill(struct process_facts *facts, struct task_struct *task,
					 const bool typed)
{
	struct task_struct *leader = READ(typed, task, group_leader);
	struct task_struct *parent = READ(typed, task, real_parent);

	facts->start_time_ns = READ(typed, leader, start_boottime);
	facts->pid = READ(typed, task, tgid);
	facts->tid = READ(typed, task, pid);
	facts->ppid = READ(typed, parent, tgid);
	facts->is_kernel_thread = (READ(typed, task, flags) & PF_KTHREAD) != 0;
	bpf_core_read(facts->comm, sizeof(facts->comm), &task->comm);
	process_credentials(facts, task, typed);
	process_namespaces(facts, task, typed);
	cgroup_identify(facts, task, typed);
}

#endif
