// SPDX-License-Identifier: Apache-2.0
// Constants that rules may name, in groups. Values are those of Linux on x86-64 and arm64 where the
// two agree (include/uapi/asm-generic); error constants are negative, as the kernel returns them.

export type ConstantGroup = Readonly<Record<string, bigint>>;

export const openFlags: ConstantGroup = {
  O_RDONLY: 0n,
  O_WRONLY: 0o1n,
  O_RDWR: 0o2n,
  O_CREAT: 0o100n,
  O_EXCL: 0o200n,
  O_NOCTTY: 0o400n,
  O_TRUNC: 0o1000n,
  O_APPEND: 0o2000n,
  O_NONBLOCK: 0o4000n,
  O_NDELAY: 0o4000n,
  O_DSYNC: 0o10000n,
  O_ASYNC: 0o20000n,
  O_DIRECT: 0o40000n,
  O_LARGEFILE: 0o100000n,
  O_DIRECTORY: 0o200000n,
  O_NOFOLLOW: 0o400000n,
  O_NOATIME: 0o1000000n,
  O_CLOEXEC: 0o2000000n,
  O_SYNC: 0o4010000n,
  O_PATH: 0o10000000n,
  O_TMPFILE: 0o20200000n,
};

export const fileModes: ConstantGroup = {
  S_IFMT: 0o170000n,
  S_IFSOCK: 0o140000n,
  S_IFLNK: 0o120000n,
  S_IFREG: 0o100000n,
  S_IFBLK: 0o60000n,
  S_IFDIR: 0o40000n,
  S_IFCHR: 0o20000n,
  S_IFIFO: 0o10000n,
  S_ISUID: 0o4000n,
  S_ISGID: 0o2000n,
  S_ISVTX: 0o1000n,
  S_IRWXU: 0o700n,
  S_IRUSR: 0o400n,
  S_IWUSR: 0o200n,
  S_IXUSR: 0o100n,
  S_IRWXG: 0o70n,
  S_IRGRP: 0o40n,
  S_IWGRP: 0o20n,
  S_IXGRP: 0o10n,
  S_IRWXO: 0o7n,
  S_IROTH: 0o4n,
  S_IWOTH: 0o2n,
  S_IXOTH: 0o1n,
};

export const errors: ConstantGroup = {
  EPERM: -1n,
  ENOENT: -2n,
  EINTR: -4n,
  EIO: -5n,
  EBADF: -9n,
  EAGAIN: -11n,
  ENOMEM: -12n,
  EACCES: -13n,
  EFAULT: -14n,
  EBUSY: -16n,
  EEXIST: -17n,
  EXDEV: -18n,
  ENODEV: -19n,
  ENOTDIR: -20n,
  EISDIR: -21n,
  EINVAL: -22n,
  ENFILE: -23n,
  EMFILE: -24n,
  ETXTBSY: -26n,
  EFBIG: -27n,
  ENOSPC: -28n,
  EROFS: -30n,
  EMLINK: -31n,
  ENAMETOOLONG: -36n,
  ENOTEMPTY: -39n,
  ELOOP: -40n,
  EOVERFLOW: -75n,
  EOPNOTSUPP: -95n,
  ESTALE: -116n,
  EDQUOT: -122n,
};

export const unlinkFlags: ConstantGroup = { AT_REMOVEDIR: 0x200n };

export const renameFlags: ConstantGroup = {
  RENAME_NOREPLACE: 1n,
  RENAME_EXCHANGE: 2n,
  RENAME_WHITEOUT: 4n,
};

export const exitCauses: ConstantGroup = { EXITED: 0n, COREDUMPED: 1n, SIGNALED: 2n };

export const auditConstants: ConstantGroup = { AUDIT_AUID_UNSET: 0xffffffffn };

export const capabilities: ConstantGroup = Object.fromEntries(
  [
    'CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_FSETID CAP_KILL CAP_SETGID',
    'CAP_SETUID CAP_SETPCAP CAP_LINUX_IMMUTABLE CAP_NET_BIND_SERVICE CAP_NET_BROADCAST',
    'CAP_NET_ADMIN CAP_NET_RAW CAP_IPC_LOCK CAP_IPC_OWNER CAP_SYS_MODULE CAP_SYS_RAWIO',
    'CAP_SYS_CHROOT CAP_SYS_PTRACE CAP_SYS_PACCT CAP_SYS_ADMIN CAP_SYS_BOOT CAP_SYS_NICE',
    'CAP_SYS_RESOURCE CAP_SYS_TIME CAP_SYS_TTY_CONFIG CAP_MKNOD CAP_LEASE CAP_AUDIT_WRITE',
    'CAP_AUDIT_CONTROL CAP_SETFCAP CAP_MAC_OVERRIDE CAP_MAC_ADMIN CAP_SYSLOG CAP_WAKE_ALARM',
    'CAP_BLOCK_SUSPEND CAP_AUDIT_READ CAP_PERFMON CAP_BPF CAP_CHECKPOINT_RESTORE',
  ]
    .join(' ')
    .split(' ')
    .map((name, bit) => [name, 1n << BigInt(bit)]),
);

export const constantGroups = {
  openFlags,
  fileModes,
  errors,
  unlinkFlags,
  renameFlags,
  exitCauses,
  auditConstants,
  capabilities,
} as const satisfies Record<string, ConstantGroup>;

export type ConstantGroupName = keyof typeof constantGroups;

/** Every integer constant a rule may name. `true` and `false` are words of the language. */
export const integerConstants: ReadonlyMap<string, bigint> = new Map(
  Object.values(constantGroups).flatMap((group) => Object.entries(group)),
);
