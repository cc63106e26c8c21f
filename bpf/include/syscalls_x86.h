/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which system call is which operation on x86: a table for each ABI. */
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

#define SYSCALLS_X86_64(X)             \
	X(2, SYSCALL_OPEN)             \
	X(85, SYSCALL_CREAT)           \
	X(257, SYSCALL_OPENAT)         \
	X(437, SYSCALL_OPENAT2)        \
	X(304, SYSCALL_OPEN_BY_HANDLE) \
	X(87, SYSCALL_UNLINK)          \
	X(263, SYSCALL_UNLINKAT)       \
	X(82, SYSCALL_RENAME)          \
	X(264, SYSCALL_RENAMEAT)       \
	X(316, SYSCALL_RENAMEAT2)      \
	X(90, SYSCALL_CHMOD)           \
	X(91, SYSCALL_FCHMOD)          \
	X(268, SYSCALL_FCHMODAT)       \
	X(452, SYSCALL_FCHMODAT2)

#define SYSCALLS_IA32(X)               \
	X(5, SYSCALL_OPEN)             \
	X(8, SYSCALL_CREAT)            \
	X(295, SYSCALL_OPENAT)         \
	X(437, SYSCALL_OPENAT2)        \
	X(342, SYSCALL_OPEN_BY_HANDLE) \
	X(10, SYSCALL_UNLINK)          \
	X(301, SYSCALL_UNLINKAT)       \
	X(38, SYSCALL_RENAME)          \
	X(302, SYSCALL_RENAMEAT)       \
	X(353, SYSCALL_RENAMEAT2)      \
	X(15, SYSCALL_CHMOD)           \
	X(94, SYSCALL_FCHMOD)          \
	X(306, SYSCALL_FCHMODAT)       \
	X(452, SYSCALL_FCHMODAT2)

#define SYSCALL_CASE(number, syscall) \
	case number:                  \
		return syscall;

static __always_inline enum syscall syscall_of_x86_64(__u32 number)
{
	switch (number) {
		SYSCALLS_X86_64(SYSCALL_CASE)
	default:
		return SYSCALL_OTHER;
	}
}

static __always_inline enum syscall syscall_of_ia32(__u32 number)
{
	switch (number) {
		SYSCALLS_IA32(SYSCALL_CASE)
	default:
		return SYSCALL_OTHER;
	}
}

#define SYSCALL_WORDS 8
#define SYSCALL_BIT_0(number, syscall) | ((number) >> 6 == 0 ? 1ULL << ((number)&63) : 0)
#define SYSCALL_BIT_1(number, syscall) | ((number) >> 6 == 1 ? 1ULL << ((number)&63) : 0)
#define SYSCALL_BIT_2(number, syscall) | ((number) >> 6 == 2 ? 1ULL << ((number)&63) : 0)
#define SYSCALL_BIT_3(number, syscall) | ((number) >> 6 == 3 ? 1ULL << ((number)&63) : 0)
#define SYSCALL_BIT_4(number, syscall) | ((number) >> 6 == 4 ? 1ULL << ((number)&63) : 0)
#define SYSCALL_BIT_5(number, syscall) | ((number) >> 6 == 5 ? 1ULL << ((number)&63) : 0)
#define SYSCALL_BIT_6(number, syscall) | ((number) >> 6 == 6 ? 1ULL << ((number)&63) : 0)
#define SYSCALL_BIT_7(number, syscall) | ((number) >> 6 == 7 ? 1ULL << ((number)&63) : 0)
#define SYSCALL_WORD(word) (0 SYSCALLS_X86_64(SYSCALL_BIT_##word) SYSCALLS_IA32(SYSCALL_BIT_##word))

/* Bits of the numbers that mean an operation in any ABI: nearly every call is none, whatever its
 * ABI, and to tell so must cost next to nothing. */
static const volatile __u64 syscall_words[SYSCALL_WORDS] = {
	SYSCALL_WORD(0), SYSCALL_WORD(1), SYSCALL_WORD(2), SYSCALL_WORD(3),
	SYSCALL_WORD(4), SYSCALL_WORD(5), SYSCALL_WORD(6), SYSCALL_WORD(7),
};

#define SYSCALL_NUMBER_IS_IN_WORDS(number, syscall) \
	_Static_assert((number) >> 6 < SYSCALL_WORDS, "every number has a bit");
SYSCALLS_X86_64(SYSCALL_NUMBER_IS_IN_WORDS)
SYSCALLS_IA32(SYSCALL_NUMBER_IS_IN_WORDS)

static __always_inline bool syscall_may_be_operation(__u32 number)
{
	__u32 word = number >> 6;

	return word < SYSCALL_WORDS && syscall_words[word] >> (number & 63) & 1;
}

#endif
