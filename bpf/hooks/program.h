/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How a body becomes programs. */
#ifndef FIMBUL_HOOKS_PROGRAM_H
#define FIMBUL_HOOKS_PROGRAM_H

#include "lib/read.h"

/*
 * Two programs for a hook, of which user space loads one: with typed reads, and `_probed`.
 * VERIFIER: one program with both would be twice as long, and to remove its dead half takes time
 * that grows with the square of its length: most of the agent's start.
 */
#define HOOK(section, name, context, body) \
	SEC(section)                       \
	int name(context *ctx)             \
	{                                  \
		body(ctx, true);           \
		return 0;                  \
	}                                  \
	SEC(section)                       \
	int name##_probed(context *ctx)    \
	{                                  \
		body(ctx, false);          \
		return 0;                  \
	}

/* A pointer among a program's arguments.
 * VERIFIER 6.18: each pointer read through an argument as it comes, which is a trusted pointer,
 * makes it search all types of the kernel by name; through a cast one it does not. */
#define ARGUMENT(type, value) CAST(typed, type, value)

#endif
