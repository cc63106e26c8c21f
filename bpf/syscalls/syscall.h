/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The system call a task is in, and its arguments, whatever the ABI. */
#ifndef FIMBUL_SYSCALLS_SYSCALL_H
#define FIMBUL_SYSCALLS_SYSCALL_H

#include "include/pt_regs_x86.h"
#include "include/syscalls_x86.h"
#include "lib/read.h"

struct syscall_arguments {
	__u64 value[5];
};

static __always_inline bool task_is_compat(struct task_struct *task, const bool typed)
{
	return READ(typed, task, thread_info.status) & TS_COMPAT;
}

static __always_inline enum syscall syscall_of(struct task_struct *task, __u64 number,
					       const bool typed)
{
	if (task_is_compat(task, typed))
		return syscall_of_ia32(number);
	return syscall_of_x86_64((__u32)number & ~X32_SYSCALL_BIT);
}

/* False for nearly all calls, without a look at the task. */
static __always_inline bool syscall_may_concern(__u64 number)
{
	return syscall_may_be_operation((__u32)number & ~X32_SYSCALL_BIT);
}

/* Tells one system call of a task from its last one, but for equal calls with equal pointers. */
static __always_inline __u64 syscall_fold(enum syscall syscall,
					  const struct syscall_arguments *arguments)
{
	__u64 fold = syscall;

	for (int i = 0; i < 5; i++)
		fold = fold * 0x100000001b3 ^ arguments->value[i];
	return fold;
}

/* Registers keep the arguments until the call has returned, on x86. */
static __always_inline struct syscall_arguments
syscall_arguments_of(struct task_struct *task, struct pt_regs *regs, const bool typed)
{
	struct syscall_arguments arguments;

	if (task_is_compat(task, typed)) {
		arguments.value[0] = (__u32)READ(typed, regs, bx);
		arguments.value[1] = (__u32)READ(typed, regs, cx);
		arguments.value[2] = (__u32)READ(typed, regs, dx);
		arguments.value[3] = (__u32)READ(typed, regs, si);
		arguments.value[4] = (__u32)READ(typed, regs, di);
	} else {
		arguments.value[0] = READ(typed, regs, di);
		arguments.value[1] = READ(typed, regs, si);
		arguments.value[2] = READ(typed, regs, dx);
		arguments.value[3] = READ(typed, regs, r10);
		arguments.value[4] = READ(typed, regs, r8);
	}
	return arguments;
}

/* The registers of the current task as it entered the kernel. */
static __always_inline struct pt_regs *syscall_registers(struct task_struct *task, const bool typed)
{
	__u64 stack;

	if (typed)
		return (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
	stack = (__u64)READ(typed, task, stack);
	return (struct pt_regs *)(stack + KERNEL_STACK_BYTES - PT_REGS_BYTES);
}

/* The system call that is under way; SYSCALL_OTHER when none is. */
static __always_inline enum syscall syscall_of_registers(struct task_struct *task,
							 struct pt_regs *regs, const bool typed)
{
	if (READ(typed, regs, ax) != (unsigned long)-ENOSYS)
		return SYSCALL_OTHER;
	return syscall_of(task, READ(typed, regs, orig_ax), typed);
}

#endif
