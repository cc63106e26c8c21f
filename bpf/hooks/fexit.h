/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Backend `fexit`: entries and returns of the kernel's own functions by trampoline, the cheapest
 * way where tasks are not preempted inside the kernel. Where they are, the kernel skips a program
 * while another task is preempted in it, and counts that.
 */
#ifndef FIMBUL_HOOKS_FEXIT_H
#define FIMBUL_HOOKS_FEXIT_H

#include "functions/chmod.h"
#include "functions/open.h"
#include "functions/rename.h"
#include "functions/unlink.h"
#include "hooks/program.h"

static __always_inline struct arguments arguments_of_entry(const __u64 *ctx, const __u32 count)
{
	struct arguments arguments = {};

	for (__u32 i = 0; i < count; i++)
		arguments.value[i] = ctx[i];
	return arguments;
}

/* A value of a context.
 * VERIFIER: of two loads clang would make one, whose address it chooses, and a context may not be
 * moved. */
#define CONTEXT_VALUE(ctx, index)                                                                \
	({                                                                                       \
		__u64 value;                                                                     \
		asm volatile("%0 = *(u64 *)(%1 + %2)" : "=r"(value) : "r"(ctx), "i"((index)*8)); \
		value;                                                                           \
	})

/* The body gets the first `count` arguments of the function. */
#define FENTRY(name, count, body)                                             \
	static __always_inline void name##_body(__u64 *ctx, const bool typed) \
	{                                                                     \
		struct arguments arguments = arguments_of_entry(ctx, count);  \
                                                                              \
		body(&arguments, typed);                                      \
	}                                                                     \
	HOOK("fentry", name, __u64, name##_body)

/* The result of a function stands behind all of its arguments. */
#define FEXIT(name, count, body)                                              \
	static __always_inline void name##_body(__u64 *ctx, const bool typed) \
	{                                                                     \
		body((int)ctx[count], typed);                                 \
	}                                                                     \
	HOOK("fexit", name, __u64, name##_body)

FENTRY(fentry_unlink_begin, 2, unlink_begin)
FENTRY(fentry_unlink_check, 2, unlink_check)
FEXIT(fexit_unlink, 2, unlink_return)

FENTRY(fentry_rename_begin, 5, rename_begin)
FENTRY(fentry_rename_check, 5, rename_check)
FEXIT(fexit_rename, 5, rename_return)

FENTRY(fentry_chmod_begin, 2, chmod_begin)
FENTRY(fentry_chmod_check, 2, chmod_check)
FEXIT(fexit_chmod, 2, chmod_return)

static __always_inline void fexit_open_body(__u64 *ctx, const bool typed)
{
	struct arguments arguments = arguments_of_entry(ctx, 3);
	struct open_call call = open_call_of(&arguments);

	open_return(&call, PROGRAM_OPEN, ctx[3], typed);
}

static __always_inline void fexit_open_by_root_body(__u64 *ctx, const bool typed)
{
	struct open_call call;
	__u64 result;

	if (open_root_has_mount) {
		call = open_by_root_call(ctx[0], ctx[1], CONTEXT_VALUE(ctx, 2),
					 CONTEXT_VALUE(ctx, 3));
		result = CONTEXT_VALUE(ctx, 4);
	} else {
		call = open_by_root_call(ctx[0], 0, CONTEXT_VALUE(ctx, 1), CONTEXT_VALUE(ctx, 2));
		result = CONTEXT_VALUE(ctx, 3);
	}
	open_return(&call, PROGRAM_OPEN_BY_ROOT, result, typed);
}

HOOK("fexit", fexit_open, __u64, fexit_open_body)
HOOK("fexit", fexit_open_by_root, __u64, fexit_open_by_root_body)

#endif
