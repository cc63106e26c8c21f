// SPDX-License-Identifier: Apache-2.0
// Constants about files: flags and modes as the kernel has them on x86-64, and our own numbers for
// what files are.

import { type ConstantGroup, numberFrom } from './constant-group.ts';

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

export const unlinkFlags: ConstantGroup = { AT_REMOVEDIR: 0x200n };

export const renameFlags: ConstantGroup = {
  RENAME_NOREPLACE: 1n,
  RENAME_EXCHANGE: 2n,
  RENAME_WHITEOUT: 4n,
};

/** Flags of a buffer of a pipe (include/linux/pipe_fs_i.h). */
export const pipeFlags: ConstantGroup = {
  PIPE_BUF_FLAG_LRU: 0x1n,
  PIPE_BUF_FLAG_ATOMIC: 0x2n,
  PIPE_BUF_FLAG_GIFT: 0x4n,
  PIPE_BUF_FLAG_PACKET: 0x8n,
  PIPE_BUF_FLAG_CAN_MERGE: 0x10n,
  PIPE_BUF_FLAG_WHOLE: 0x20n,
  PIPE_BUF_FLAG_LOSS: 0x40n,
};

/** Ours: what a file is. */
export const fileTypes: ConstantGroup = numberFrom(0n, [
  'EMPTY SHELL_SCRIPT TEXT COMPRESSED ENCRYPTED BINARY LINUX_EXECUTABLE WINDOWS_EXECUTABLE',
  'MACOS_EXECUTABLE FILE_LESS',
]);

/** Ours: how a file is compressed. */
export const compressions: ConstantGroup = numberFrom(0n, ['NONE GZIP ZIP ZSTD BZIP2 XZ']);

/** Ours: the architecture a program is for. */
export const architectures: ConstantGroup = numberFrom(0n, [
  'UNKNOWN_ARCHITECTURE X86 X86_64 ARM ARM64',
]);

/** Ours: the width of addresses a program is for. */
export const abis: ConstantGroup = numberFrom(0n, ['UNKNOWN_ABI BIT32 BIT64']);
