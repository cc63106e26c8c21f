/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Backend `lsm`: the checks as a security module, which the kernel asks without ever skipping it.
 * A module is not asked when a call begins or ends, so those are hooked as the other backends do,
 * and an open, which shows all at its end, is theirs entirely. No check ever forbids anything.
 */
#ifndef FIMBUL_HOOKS_LSM_H
#define FIMBUL_HOOKS_LSM_H

#include "functions/chmod.h"
#include "functions/rename.h"
#include "functions/unlink.h"
#include "hooks/fexit.h"

#define LSM(hook, name, count, body)                                          \
	static __always_inline void name##_body(__u64 *ctx, const bool typed) \
	{                                                                     \
		struct arguments arguments = arguments_of_entry(ctx, count);  \
                                                                              \
		body(&arguments, typed);                                      \
	}                                                                     \
	HOOK("lsm/" #hook, name, __u64, name##_body)

LSM(path_unlink, lsm_unlink_check, 2, unlink_check)
LSM(path_rename, lsm_rename_check, 4, rename_check)
LSM(path_chmod, lsm_chmod_check, 2, chmod_check)

#endif
