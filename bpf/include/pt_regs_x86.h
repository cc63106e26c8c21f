/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * System call numbers and registers of x86-64, and of 32-bit programs on it. The same number means
 * different calls in the two: dispatch is on (ABI, number), always.
 */
#ifndef FIMBUL_PT_REGS_X86_H
#define FIMBUL_PT_REGS_X86_H

#include "include/kernel.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct pt_regs {
	unsigned long bx;
	unsigned long sp;
	unsigned long cx;
	unsigned long dx;
	unsigned long si;
	unsigned long di;
	unsigned long r10;
	unsigned long r8;
	unsigned long ax;
	unsigned long orig_ax;
};

#pragma clang attribute pop

/* arch/x86/include/asm/thread_info.h: the current system call came through the 32-bit entry. */
#define TS_COMPAT 0x0002

/* x32 programs set this bit and use the 64-bit numbers below 512. */
#define X32_SYSCALL_BIT 0x40000000

/* While a call is under way its result is this; afterwards the number stays in orig_ax, and exit,
 * signals and task work would look like part of the call. */
#define ENOSYS 38

/* Where pt_regs stands below the top of a kernel stack, for kernels without bpf_task_pt_regs; those
 * (before 5.15) leave no room above it. */
#define KERNEL_STACK_BYTES 16384
#define PT_REGS_BYTES 168

#endif
