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
	unsigned long cx;
	unsigned long dx;
	unsigned long si;
	unsigned long di;
	unsigned long r10;
	unsigned long r8;
	unsigned long orig_ax;
};

#pragma clang attribute pop

/* arch/x86/include/asm/thread_info.h: the current system call came through the 32-bit entry. */
#define TS_COMPAT 0x0002

/* x32 programs set this bit and use the 64-bit numbers below 512. */
#define X32_SYSCALL_BIT 0x40000000

/* Room above pt_regs at the top of a kernel stack: KERNEL 6.9 leaves 0 or 16 bytes for FRED. */
#define KERNEL_STACK_BYTES 16384
#define PT_REGS_BYTES 168

#endif
