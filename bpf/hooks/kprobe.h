/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Backend `kprobe`: the same functions by kprobes and kretprobes, which are never preempted, and
 * the processes' too, for kernels that preempt tasks. On a CPU where a task is preempted in bpf(2)
 * the kernel skips them; it counts that since 6.7, and what is left of a call tells it before.
 */
#ifndef FIMBUL_HOOKS_KPROBE_H
#define FIMBUL_HOOKS_KPROBE_H

#include "events/exec.h"
#include "events/exit.h"
#include "events/fork.h"
#include "functions/chmod.h"
#include "functions/open.h"
#include "functions/rename.h"
#include "functions/unlink.h"
#include "hooks/program.h"
#include "hooks/task_end.h"
#include "include/pt_regs_x86.h"

static __always_inline struct arguments arguments_of_registers(const struct pt_regs *ctx)
{
	return (struct arguments){ { ctx->di, ctx->si, ctx->dx, ctx->cx, ctx->r8 } };
}

#define KPROBE(name, body)                                                             \
	static __always_inline void name##_body(struct pt_regs *ctx, const bool typed) \
	{                                                                              \
		struct arguments arguments = arguments_of_registers(ctx);              \
                                                                                       \
		body(&arguments, typed);                                               \
	}                                                                              \
	HOOK("kprobe", name, struct pt_regs, name##_body)

#define KRETPROBE(name, body)                                                          \
	static __always_inline void name##_body(struct pt_regs *ctx, const bool typed) \
	{                                                                              \
		body((int)ctx->ax, typed);                                             \
	}                                                                              \
	HOOK("kretprobe", name, struct pt_regs, name##_body)

KPROBE(kprobe_unlink_begin, unlink_begin)
KPROBE(kprobe_unlink_check, unlink_check)
KRETPROBE(kretprobe_unlink, unlink_return)

KPROBE(kprobe_rename_begin, rename_begin)
KPROBE(kprobe_rename_check, rename_check)
KRETPROBE(kretprobe_rename, rename_return)

KPROBE(kprobe_chmod_begin, chmod_begin)
KPROBE(kprobe_chmod_check, chmod_check)
KRETPROBE(kretprobe_chmod, chmod_return)

/* Attached to the function of every system call that finds its file by a name. */
KPROBE(kprobe_chmod_syscall, chmod_syscall_begin)
KRETPROBE(kretprobe_chmod_syscall, chmod_syscall_return)

static __always_inline void kprobe_open_begin_body(struct pt_regs *ctx, const bool typed)
{
	struct arguments arguments = arguments_of_registers(ctx);
	struct open_call call = open_call_of(&arguments);

	call.stack_pointer = ctx->sp;
	open_begin(&call, typed);
}

static __always_inline void kprobe_open_by_root_begin_body(struct pt_regs *ctx, const bool typed)
{
	struct arguments arguments = arguments_of_registers(ctx);
	const __u64 *value = arguments.value;
	struct open_call call;

	if (open_root_has_mount)
		call = open_by_root_call(value[0], value[1], value[2], value[3]);
	else
		call = open_by_root_call(value[0], 0, value[1], value[2]);
	call.stack_pointer = ctx->sp;
	open_begin(&call, typed);
}

static __always_inline void kretprobe_open_body(struct pt_regs *ctx, const bool typed)
{
	struct open_call call;

	if (open_call_pop(&call, ctx->sp, typed))
		open_return(&call, PROGRAM_OPEN, ctx->ax, typed);
}

static __always_inline void kretprobe_open_by_root_body(struct pt_regs *ctx, const bool typed)
{
	struct open_call call;

	if (open_call_pop(&call, ctx->sp, typed))
		open_return(&call, PROGRAM_OPEN_BY_ROOT, ctx->ax, typed);
}

HOOK("kprobe", kprobe_open_begin, struct pt_regs, kprobe_open_begin_body)
HOOK("kprobe", kprobe_open_by_root_begin, struct pt_regs, kprobe_open_by_root_begin_body)
HOOK("kretprobe", kretprobe_open, struct pt_regs, kretprobe_open_body)
HOOK("kretprobe", kretprobe_open_by_root, struct pt_regs, kretprobe_open_by_root_body)

/* wake_up_new_task: (task); what it creates is complete, and it cannot fail any more. */
static __always_inline void process_woken(const struct arguments *arguments, const bool typed)
{
	fork_end(task_current(typed), CAST(typed, struct task_struct, arguments->value[0]), typed);
}

/* finalize_exec: (program), the last that a loader does; it cannot fail any more. */
static __always_inline void process_finalized(const struct arguments *arguments, const bool typed)
{
	exec_end(task_current(typed), CAST(typed, struct linux_binprm, arguments->value[0]), typed);
}

/* taskstats_exit: (task, whether it is the last one of its process). */
static __always_inline void process_ended(const struct arguments *arguments, const bool typed)
{
	if ((int)arguments->value[1])
		exit_end(CAST(typed, struct task_struct, arguments->value[0]), typed);
	task_forget();
}

KPROBE(kprobe_fork, process_woken)
KPROBE(kprobe_exec, process_finalized)
KPROBE(kprobe_exit, process_ended)

#endif
