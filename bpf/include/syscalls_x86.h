/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which system call is which operation on x86: a table for each ABI, as switches. */
#ifndef FIMBUL_SYSCALLS_X86_H
#define FIMBUL_SYSCALLS_X86_H

enum syscall {
	SYSCALL_OTHER,
	SYSCALL_OPEN,
	SYSCALL_CREAT,
	SYSCALL_OPENAT,
	SYSCALL_OPENAT2,
	SYSCALL_OPEN_BY_HANDLE,
	SYSCALL_UNLINK,
	SYSCALL_UNLINKAT,
	SYSCALL_RENAME,
	SYSCALL_RENAMEAT,
	SYSCALL_RENAMEAT2,
	SYSCALL_CHMOD,
	SYSCALL_FCHMOD,
	SYSCALL_FCHMODAT,
	SYSCALL_FCHMODAT2,
};

static __always_inline enum syscall syscall_of_x86_64(__u32 number)
{
	switch (number) {
	case 2:
		return SYSCALL_OPEN;
	case 85:
		return SYSCALL_CREAT;
	case 257:
		return SYSCALL_OPENAT;
	case 437:
		return SYSCALL_OPENAT2;
	case 304:
		return SYSCALL_OPEN_BY_HANDLE;
	case 87:
		return SYSCALL_UNLINK;
	case 263:
		return SYSCALL_UNLINKAT;
	case 82:
		return SYSCALL_RENAME;
	case 264:
		return SYSCALL_RENAMEAT;
	case 316:
		return SYSCALL_RENAMEAT2;
	case 90:
		return SYSCALL_CHMOD;
	case 91:
		return SYSCALL_FCHMOD;
	case 268:
		return SYSCALL_FCHMODAT;
	case 452:
		return SYSCALL_FCHMODAT2;
	default:
		return SYSCALL_OTHER;
	}
}

static __always_inline enum syscall syscall_of_ia32(__u32 number)
{
	switch (number) {
	case 5:
		return SYSCALL_OPEN;
	case 8:
		return SYSCALL_CREAT;
	case 295:
		return SYSCALL_OPENAT;
	case 437:
		return SYSCALL_OPENAT2;
	case 342:
		return SYSCALL_OPEN_BY_HANDLE;
	case 10:
		return SYSCALL_UNLINK;
	case 301:
		return SYSCALL_UNLINKAT;
	case 38:
		return SYSCALL_RENAME;
	case 302:
		return SYSCALL_RENAMEAT;
	case 353:
		return SYSCALL_RENAMEAT2;
	case 15:
		return SYSCALL_CHMOD;
	case 94:
		return SYSCALL_FCHMOD;
	case 306:
		return SYSCALL_FCHMODAT;
	case 452:
		return SYSCALL_FCHMODAT2;
	default:
		return SYSCALL_OTHER;
	}
}

#endif
