/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel types that programs read, with only the members they use. CO-RE relocates every access
 * to the running kernel, so that one object serves all of them and no build needs a kernel's BTF.
 * A struct with a `___` suffix is another version of the one before it.
 */
#ifndef FIMBUL_KERNEL_H
#define FIMBUL_KERNEL_H

#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
	__u32 val;
} kuid_t;

typedef struct {
	__u32 val;
} kgid_t;

struct list_head {
	struct list_head *next;
};

struct hlist_node {
	struct hlist_node *next;
};

struct hlist_head {
	struct hlist_node *first;
};

struct hlist_bl_node {
	struct hlist_bl_node **pprev;
};

/* What a lock that readers do not take begins with. */
struct seqcount {
	unsigned int sequence;
};

struct timespec64 {
	__s64 tv_sec;
	long tv_nsec;
};

struct qstr {
	__u32 hash;
	__u32 len;
	const unsigned char *name;
};

struct file_system_type {
	const char *name;
};

struct super_block {
	__u32 s_dev;
	unsigned long s_magic;
	struct dentry *s_root;
	struct file_system_type *s_type;
	struct list_head s_mounts;
};

/* KERNEL 6.18: a superblock's mounts are a singly linked list. */
struct super_block___chain {
	struct mount *s_mounts;
};

struct inode {
	__u16 i_mode;
	kuid_t i_uid;
	kgid_t i_gid;
	struct super_block *i_sb;
	unsigned long i_ino;
	unsigned int i_nlink;
	__u32 i_generation;
	struct hlist_head i_dentry;
	__s64 i_ctime_sec;
	__s64 i_mtime_sec;
	__u32 i_ctime_nsec;
	__u32 i_mtime_nsec;
};

/* KERNEL 5.10 to 6.10: times are a timespec64; i_ctime became __i_ctime in 6.6, i_mtime in 6.7. */
struct inode___timespec {
	struct timespec64 i_ctime;
	struct timespec64 __i_ctime;
	struct timespec64 i_mtime;
	struct timespec64 __i_mtime;
};

typedef struct {
	struct seqcount seqcount;
} seqcount_spinlock_t;

struct dentry {
	seqcount_spinlock_t d_seq;
	struct hlist_bl_node d_hash;
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
	struct super_block *d_sb;
	union {
		struct hlist_node d_alias;
	} d_u;
};

struct dentry___named {
	unsigned char d_iname[32];
};

/* KERNEL 7.2: the union that holds d_alias has no name (6.18 still has d_u). */
struct dentry___unnamed {
	struct hlist_node d_alias;
};

struct vfsmount {
	struct dentry *mnt_root;
	struct super_block *mnt_sb;
};

struct ns_common {
	unsigned int inum;
};

struct mnt_namespace {
	struct ns_common ns;
};

/* KERNEL 6.18: inode numbers that the kernel gives to namespaces of its own. */
enum init_ns_ino {
	MNT_NS_ANON_INO = 1,
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
	struct list_head mnt_instance;
	struct mnt_namespace *mnt_ns;
	int mnt_id;
};

struct mount___chain {
	struct mount *mnt_next_for_sb;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct file {
	unsigned int f_mode;
	unsigned int f_flags;
	struct path f_path;
	struct inode *f_inode;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct fs_struct {
	struct path root;
	struct path pwd;
};

struct mm_struct {
	unsigned long arg_start;
	unsigned long arg_end;
};

struct open_flags {
	int open_flag;
	__u16 mode;
	int lookup_flags;
};

struct filename {
	const char *name;
};

/* KERNEL 7.0: a name no longer keeps the address that the caller passed; it stays allocated until
 * the call has returned instead. */
struct filename___caller {
	const char *uptr;
};

struct linux_binprm {
	struct file *file;
	const char *filename;
	const char *interp;
};

struct cred {
	kuid_t uid;
	kgid_t gid;
	kuid_t euid;
	kgid_t egid;
	kuid_t fsuid;
	kgid_t fsgid;
	/* KERNEL 6.3: kernel_cap_t went from two words to one; both are these eight bytes. */
	struct {
	} cap_permitted, cap_effective;
};

struct net {
	struct ns_common ns;
};

struct pid_namespace {
	struct ns_common ns;
};

struct nsproxy {
	struct mnt_namespace *mnt_ns;
	struct net *net_ns;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	unsigned int level;
	struct upid numbers[];
};

struct kernfs_node {
	struct kernfs_node *parent;
	const char *name;
	__u64 id;
};

/* KERNEL 6.15: the parent is RCU-protected under another name. */
struct kernfs_node___rcu {
	struct kernfs_node *__parent;
};

struct cgroup_root {
	int hierarchy_id;
};

struct cgroup {
	int level;
	struct kernfs_node *kn;
	struct cgroup_root *root;
};

struct cgroup_subsys_state {
	struct cgroup *cgroup;
};

struct css_set {
	struct cgroup_subsys_state *subsys[1];
	struct cgroup *dfl_cgrp;
};

enum cgroup_subsys_id {
	memory_cgrp_id = 1,
	pids_cgrp_id = 2,
	cpu_cgrp_id = 3,
	devices_cgrp_id = 4,
};

typedef struct {
	int counter;
} atomic_t;

struct tty_struct {
	char name[64];
};

struct signal_struct {
	atomic_t live;
	int nr_threads;
	int group_exit_code;
	unsigned int flags;
	struct tty_struct *tty;
};

struct thread_info {
	__u32 status;
};

struct task_struct {
	struct thread_info thread_info;
	void *stack;
	unsigned int flags;
	int exit_code;
	int pid;
	int tgid;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	struct pid *thread_pid;
	__u64 start_boottime;
	struct mm_struct *mm;
	const struct cred *real_cred;
	const struct cred *cred;
	char comm[16];
	struct fs_struct *fs;
	struct files_struct *files;
	struct nsproxy *nsproxy;
	struct signal_struct *signal;
	kuid_t loginuid;
	struct css_set *cgroups;
};

#pragma clang attribute pop

/* include/linux/sched/signal.h: group_exit_code is what wait(2) reports. */
#define SIGNAL_GROUP_EXIT 4

#define PF_KTHREAD 0x00200000
#define FMODE_CREATED 0x100000

#define EPERM 1
#define EACCES 13
#define EAGAIN 11
#define EEXIST 17
#define ERESTARTSYS 512
#define ERESTART_RESTARTBLOCK 516

#define S_IFMT 0170000
#define S_IALLUGO 07777
#define S_IFDIR 0040000
#define S_IFLNK 0120000

#define O_ACCMODE 03
#define O_WRONLY 01
#define O_LARGEFILE 0100000
#define O_CREAT 0100
#define O_EXCL 0200
#define O_NOCTTY 0400
#define O_PATH 010000000
#define O_NONBLOCK 04000
#define O_CLOEXEC 02000000
/* include/linux/namei.h: a first try that gives up (EAGAIN) before it would sleep. KERNEL 7.2: the
 * flags have new numbers (seen); this one's was never set in open_flags before. */
#define LOOKUP_CACHED (0x200000 | 0x200)
/* include/linux/fs.h: the kernel opens a file to execute it. */
#define FMODE_EXEC 0x20
#define O_TRUNC 01000
#define O_TMPFILE 020200000

#define AT_FDCWD (-100)
#define AT_REMOVEDIR 0x200
#define AT_EMPTY_PATH 0x1000

#define NSEC_PER_SEC 1000000000LL

/* An error that the kernel stores in a pointer: the mount namespace of internal mounts. */
#define IS_ERROR_POINTER(pointer) ((unsigned long)(pointer) >= (unsigned long)-4095)

#endif
