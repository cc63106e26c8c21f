/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * do_filp_open, do_file_open since 7.0: (directory, name, flags); and do_file_open_root, which
 * opens by handle: (directory, string, flags), its directory two parameters before 5.12. Both
 * return the file or an error. An end that has the arguments needs no begin; one that does not
 * finds them where the begin has kept them. Opens nest: a driver may open a file (of firmware) in
 * its open.
 */
#ifndef FIMBUL_FUNCTIONS_OPEN_H
#define FIMBUL_FUNCTIONS_OPEN_H

#include "events/open.h"
#include "functions/call.h"
#include "syscalls/syscall.h"

/* Set by user space before load. */
const volatile bool open_root_has_mount = false;

/* Arguments of an open, and where on the stack of the task it is. */
struct open_call {
	__u64 stack_pointer;
	__u64 name; /* struct filename; below a root, a string */
	__u64 flags; /* struct open_flags */
	struct position root; /* of do_file_open_root; a zero dentry otherwise */
	int directory;
	__u32 padding;
};

struct open_calls {
	__u32 depth; /* 0: none is under way */
	__u32 is_in_table;
	struct open_call list[OPENS_NESTED_MAX];
};

/* How far past its call's a stack pointer may be when the call returns. */
#define STACK_POINTER_SLACK 32

_Static_assert((OPENS_NESTED_MAX & (OPENS_NESTED_MAX - 1)) == 0, "the depth is masked");

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct open_calls);
} opens_of_tasks SEC(".maps");

/* Key: pid_tgid of the task inside open. Full: the open is counted as lost. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, OPENS_IN_FLIGHT_MAX);
	__type(key, __u64);
	__type(value, struct open_calls);
} opens SEC(".maps");

/* The opens that the current task is in; null when nothing is kept for it. A task that has storage
 * has nothing in the table: it gets storage only while it has not. */
static __always_inline struct open_calls *open_calls_under_way(const bool typed)
{
	__u64 key = bpf_get_current_pid_tgid();
	struct open_calls *calls = TASK_STORAGE(typed, opens_of_tasks, 0);

	return calls ? calls : bpf_map_lookup_elem(&opens, &key);
}

/* Keeps the outermost open of a task. */
static __always_inline bool open_calls_begin(const struct open_call *call, const bool typed)
{
	__u64 key = bpf_get_current_pid_tgid();
	struct open_calls *calls = TASK_STORAGE(typed, opens_of_tasks, TASK_STORAGE_CREATE);
	struct open_calls first = { .depth = 1, .is_in_table = true };

	if (calls) {
		calls->list[0] = *call;
		calls->depth = 1;
		return true;
	}
	first.list[0] = *call;
	return !bpf_map_update_elem(&opens, &key, &first, BPF_ANY);
}

/* Begins an open. Of calls that are not above it on the stack the end was missed: they are gone. */
static __always_inline bool open_call_push(const struct open_call *call, const bool typed)
{
	struct open_calls *calls = open_calls_under_way(typed);
	__u32 depth;

	if (!calls)
		return open_calls_begin(call, typed);
	depth = calls->depth;
	if (depth && calls->list[(depth - 1) & (OPENS_NESTED_MAX - 1)].stack_pointer <=
			     call->stack_pointer) {
		call_count_missed(RECORD_OPEN);
		depth = 0;
	}
	if (depth >= OPENS_NESTED_MAX)
		return false;
	/* VERIFIER 6.1: it forgets the comparison, after which clang leaves out the mask. */
	barrier_var(depth);
	calls->list[depth & (OPENS_NESTED_MAX - 1)] = *call;
	calls->depth = depth + 1;
	return true;
}

/* Ends the open that returns to this place of the stack. False when its begin left none. */
static __always_inline bool open_call_pop(struct open_call *call, __u64 stack_pointer,
					  const bool typed)
{
	__u64 key = bpf_get_current_pid_tgid();
	struct open_calls *calls = open_calls_under_way(typed);

	if (!calls || !calls->depth)
		return false;
	*call = calls->list[(calls->depth - 1) & (OPENS_NESTED_MAX - 1)];
	/* The return address has been popped, and a kernel may point past what it pushed itself;
	 * an open inside another one is deeper by far more. */
	if (stack_pointer - call->stack_pointer > STACK_POINTER_SLACK)
		return false;
	calls->depth--;
	if (!calls->depth && calls->is_in_table)
		bpf_map_delete_elem(&opens, &key);
	return true;
}

/* The flag that the kernel keeps with the descriptor, out of reach of these functions. Of an
 * io_uring request it is not known, and taken as not set. */
static __always_inline __u32 open_cloexec_flag(enum syscall syscall, struct task_struct *task,
					       struct pt_regs *regs, const bool typed)
{
	struct syscall_arguments arguments = syscall_arguments_of(task, regs, typed);
	__u64 flags = 0;

	if (syscall == SYSCALL_OPEN)
		flags = arguments.value[1];
	else if (syscall == SYSCALL_OPENAT || syscall == SYSCALL_OPEN_BY_HANDLE)
		flags = arguments.value[2];
	else if (syscall == SYSCALL_OPENAT2)
		bpf_probe_read_user(&flags, sizeof(flags), (void *)arguments.value[2]);
	return flags & O_CLOEXEC;
}

/* Bits of flags that the kernel keeps elsewhere, or adds. */
#define OPEN_FLAGS_OF_CALL (O_CLOEXEC | O_NONBLOCK)
/* Above the flags: io_uring will try again where this try fails with EAGAIN. */
#define OPEN_IS_TRIED_AGAIN (1ULL << 32)

static __always_inline __u64 open_flags_of(const struct open_flags *flags, const bool typed)
{
	struct task_struct *task = task_current(typed);
	struct pt_regs *regs = syscall_registers(task, typed);
	enum syscall syscall = syscall_of_registers(task, regs, typed);
	/* The caller's own flag cannot be told from the one that the kernel adds. */
	__u32 own = READ(typed, flags, open_flag) & ~O_LARGEFILE;

	if (syscall >= SYSCALL_OPEN && syscall <= SYSCALL_OPEN_BY_HANDLE)
		return own | open_cloexec_flag(syscall, task, regs, typed);
	/* io_uring adds O_NONBLOCK to its first try. */
	if (READ(typed, flags, lookup_flags) & LOOKUP_CACHED)
		return (own & ~O_NONBLOCK) | OPEN_IS_TRIED_AGAIN;
	return own;
}

/* Flags as the record has them. VERIFIER: global, so that it is verified once; and a call that most
 * opens are spared, since their flags are decided by without it. */
__noinline __u64 open_flags_complete(__u64 address)
{
	return typed_reads ? open_flags_of(CAST(true, struct open_flags, address), true)
			   : open_flags_of((struct open_flags *)address, false);
}

static __always_inline void open_facts_complete(struct open_facts *open,
						const struct open_call *call)
{
	struct scratch *scratch = scratch_of(open->program);
	__u64 flags;

	if (!scratch)
		return;
	/* VERIFIER: what a global function is called with must be a number. */
	flags = path_number(&scratch->path_filter, (const void *)call->flags);
	flags = open_flags_complete(flags);
	open->flags = flags;
	open->is_tried_again = flags & OPEN_IS_TRIED_AGAIN;
}

/* KERNEL 5.10 to 7.2: one read has flags and mode, and two bytes that are not used. */
#define OPEN_MODE_FOLLOWS                                  \
	(bpf_core_field_offset(struct open_flags, mode) == \
	 bpf_core_field_offset(struct open_flags, open_flag) + 4)

/* What of the flags is the call's own is not known yet. */
static __always_inline struct open_facts open_facts_of(const struct open_call *call, __u32 program,
						       const bool typed)
{
	struct open_flags *flags = CAST(typed, struct open_flags, call->flags);
	struct open_facts open = {
		.program = program,
		.directory = call->directory,
		.root = call->root,
	};
	__u64 flags_and_mode;

	if (OPEN_MODE_FOLLOWS) {
		flags_and_mode =
			read_number(__builtin_preserve_access_index(&flags->open_flag), typed);
		open.flags = (__u32)flags_and_mode & ~O_LARGEFILE;
		open.mode = flags_and_mode >> 32 & S_IALLUGO;
	} else {
		open.flags = READ(typed, flags, open_flag) & ~O_LARGEFILE;
		open.mode = READ(typed, flags, mode) & S_IALLUGO;
	}
	return open;
}

/* Where the caller's string is, of which only what is not opened, or what is sent, has need. */
static __always_inline void open_facts_name(struct open_facts *open, const struct open_call *call,
					    const bool typed)
{
	struct filename *name = CAST(typed, struct filename, call->name);

	/* The name is the kernel's copy, which outlives the open. */
	if (call->root.dentry)
		open->string = (struct caller_string){ (const char *)call->name, true };
	else
		open->string = (struct caller_string){ READ(typed, name, name), true };
	/* By a handle: the file is the root itself. */
	if (call->root.dentry && caller_is_empty(&open->string))
		open->string.address = 0;
}

/* Whether it is an event at all. To execute a file is another operation. */
static __always_inline bool open_is_event(const struct open_facts *open)
{
	return !(open->flags & FMODE_EXEC);
}

/* Begins an open, unless who and which flags rule it out already, counted. */
static __always_inline void open_begin(const struct open_call *call, const bool typed)
{
	const struct filter_operation *filter = filter_of(RECORD_OPEN);
	struct open_facts open = open_facts_of(call, PROGRAM_OPEN, typed);
	enum counter counter;

	if (!open_is_event(&open))
		return;
	if (filter && filter->flags & OPEN_FLAGS_OF_CALL)
		open_facts_complete(&open, call);
	if (!filter)
		counter = COUNTER_LOST_NO_SCRATCH;
	else if (filter_is_agent())
		counter = COUNTER_IGNORED_AGENT;
	else if (!(filter->lanes & filter_by_flags(filter, open.flags)))
		counter = COUNTER_APPROVER_DROPPED;
	else if (!open_call_push(call, typed))
		counter = COUNTER_LOST_CALL_TABLE_FULL;
	else
		return;
	count(RECORD_OPEN, COUNTER_SEEN);
	count(RECORD_OPEN, counter);
}

/* Ends an open; `result` is what the function returned: a file or an error. */
static __always_inline void open_return(const struct open_call *call, __u32 program, __u64 result,
					const bool typed)
{
	struct open_facts open = open_facts_of(call, program, typed);
	struct task_struct *task = task_current(typed);
	struct open_target target = {};
	struct open_filter filter;
	bool is_asked;
	__u64 lanes;

	if (!open_is_event(&open))
		return;
	/* VERIFIER: to it the result is a file, which no call takes for a number. */
	if (IS_ERROR_POINTER(result))
		open.retval = read_number(&result, false);
	else
		target.file = CAST(typed, struct file, result);
	if (!target.file)
		open_facts_name(&open, call, typed);
	if (open.retval == -EAGAIN) {
		open_facts_complete(&open, call);
		if (open.is_tried_again)
			open.retval = -ERESTARTSYS;
	}
	filter = open_admit(&open);
	if (!filter.lanes)
		return;
	is_asked = filter.operation->flags & OPEN_FLAGS_OF_CALL;
	if (is_asked)
		open_facts_complete(&open, call);
	lanes = open_decide(&open, &filter, &target, typed);
	if (!lanes)
		return;
	if (!is_asked)
		open_facts_complete(&open, call);
	open_send(&open, &target, verdict_of(filter.operation, lanes), task, typed);
}

/* The arguments of do_filp_open. */
static __always_inline struct open_call open_call_of(const struct arguments *arguments)
{
	return (struct open_call){
		.name = arguments->value[1],
		.flags = arguments->value[2],
		.directory = arguments->value[0],
	};
}

/* A call of do_file_open_root; `mount` is 0 where `root` is a path. */
static __always_inline struct open_call open_by_root_call(__u64 root, __u64 mount, __u64 name,
							  __u64 flags)
{
	struct open_call call = { .name = name, .flags = flags, .directory = AT_FDCWD };
	struct scratch *scratch = scratch_of(PROGRAM_OPEN_BY_ROOT);

	if (mount) {
		/* VERIFIER 5.10: an argument of a function is a pointer to it, and no number. */
		if (scratch)
			call.root.dentry = path_number(&scratch->path_filter, (const void *)root);
		call.root.mount = mount - bpf_core_field_offset(struct mount, mnt);
	} else {
		call.root = position_of((const struct path *)root, false);
	}
	return call;
}

#endif
