// SPDX-License-Identifier: Apache-2.0
// Types of filesystems that the kernel filter knows by a number: those of mainline Linux that files
// of a host stand on. A rule may name any other, which user space then decides.

/** Order is the number, from 1; 0 is any other. No name is longer than a record holds. */
export const filesystemTypes = [
  ...['ext4', 'ext3', 'ext2', 'xfs', 'btrfs', 'f2fs', 'bcachefs', 'zfs', 'jfs', 'nilfs2'],
  ...['reiserfs', 'ocfs2', 'gfs2', 'overlay', 'aufs', 'tmpfs', 'ramfs', 'rootfs', 'devtmpfs'],
  ...['hugetlbfs', 'squashfs', 'erofs', 'cramfs', 'romfs', 'iso9660', 'udf', 'vfat', 'msdos'],
  ...['exfat', 'ntfs', 'ntfs3', 'fuseblk', 'fuse', 'virtiofs', '9p', 'nfs', 'nfs4', 'cifs', 'smb3'],
  ...['ceph', 'afs', 'vboxsf', 'ecryptfs', 'ubifs', 'jffs2', 'hfs', 'hfsplus', 'minix'],
  ...['proc', 'sysfs', 'cgroup', 'cgroup2', 'debugfs', 'tracefs', 'securityfs', 'configfs'],
  ...['efivarfs', 'pstore', 'bpf', 'fusectl', 'mqueue', 'devpts', 'autofs', 'binfmt_misc'],
  ...['selinuxfs', 'rpc_pipefs', 'nfsd', 'resctrl', 'binder', 'nsfs', 'sockfs', 'pipefs'],
  ...['anon_inodefs', 'bdev', 'dax', 'drm', 'secretmem'],
] as const;

const numbers: ReadonlyMap<string, number> = new Map(
  filesystemTypes.map((name, index) => [name, index + 1]),
);

/** The number of a type; 0 for one that has none. */
export function getFilesystemNumber(name: string): number {
  return numbers.get(name) ?? 0;
}
