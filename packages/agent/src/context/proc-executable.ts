// SPDX-License-Identifier: Apache-2.0
// The file a process runs, with the facts that a record would have of it. Everything is read from
// one descriptor that only names the file, so that an exec in between cannot mix two.

import { type BigIntStats, closeSync, fstatSync, openSync, statSync } from 'node:fs';
import type { FileFacts } from '@fimbul/probe';
import { pathFlags } from '@fimbul/schema';
import type { Mount } from './mount-table.ts';
import { readProcFile, readProcLink, toPath } from './proc-files.ts';

/** O_PATH: node:fs has no name for it. */
const openPathOnly = 0o10000000;

/** Filesystems whose server may not answer, for which the agent must not wait. */
const remoteFilesystem = /^(?:nfs4?|cifs|smb3|ceph|afs|lustre|fuse(?:\..*)?)$/;

const deletedSuffix = ' (deleted)';

/** Reads the facts of the file behind `/proc/PID/exe`; null when there is none or it is refused. */
export function readExecutable(
  directory: string,
  findMount: (id: number) => Mount | null,
): FileFacts | null {
  let descriptor: number;
  try {
    descriptor = openSync(`${directory}/exe`, openPathOnly);
  } catch {
    return null;
  }
  try {
    return readFacts(descriptor, directory, findMount);
  } catch {
    return null;
  } finally {
    closeSync(descriptor);
  }
}

function readFacts(
  descriptor: number,
  directory: string,
  findMount: (id: number) => Mount | null,
): FileFacts | null {
  const link = readProcLink(`/proc/self/fd/${descriptor}`);
  if (link === null) return null;
  const mountId = readMountId(descriptor);
  const filesystem = findMount(mountId)?.filesystem ?? '';
  const stats = remoteFilesystem.test(filesystem) ? null : fstatSync(descriptor, { bigint: true });
  const isUnlinked = link.endsWith(deletedSuffix) && !isCalledDeleted(link, directory, stats);
  const path = isUnlinked ? link.slice(0, -deletedSuffix.length) : link;
  const ofLayer = filesystem === 'overlay' ? pathFlags.LAYER_UNKNOWN : 0;
  const flags = (isUnlinked ? pathFlags.UNLINKED : 0) | ofLayer;
  return { ...factsFromStats(path, stats, flags), pathSource: 'kernel', mountId, filesystem };
}

/** A file may be called like one that was deleted; then its name still leads to it. */
function isCalledDeleted(link: string, directory: string, stats: BigIntStats | null): boolean {
  if (stats === null) return false;
  const named = findStats(`${directory}/root${link}`);
  return named !== null && named.ino === stats.ino && named.dev === stats.dev;
}

/** Stats a path of bytes; null when there is nothing. */
export function findStats(path: string): BigIntStats | null {
  try {
    return statSync(toPath(path), { bigint: true });
  } catch {
    return null;
  }
}

function readMountId(descriptor: number): number {
  const text = readProcFile(`/proc/self/fdinfo/${descriptor}`) ?? '';
  return Number(/^mnt_id:\t(\d+)$/m.exec(text)?.[1] ?? 0);
}

/** The facts that stat tells of a file, as records have them. */
export function factsFromStats(
  path: string,
  stats: BigIntStats | null,
  flags: number,
): Omit<FileFacts, 'pathSource' | 'mountId' | 'filesystem'> {
  return {
    path,
    pathFlags: stats === null ? flags : flags | pathFlags.INODE_KNOWN,
    inode: stats?.ino ?? 0n,
    device: stats === null ? 0 : kernelDevice(stats.dev),
    mode: Number(stats?.mode ?? 0n),
    uid: Number(stats?.uid ?? 0n),
    gid: Number(stats?.gid ?? 0n),
    changeTimeNs: stats?.ctimeNs ?? 0n,
    modificationTimeNs: stats?.mtimeNs ?? 0n,
  };
}

/** Turns the device number of stat, as the C library packs it, into the kernel's own. */
export function kernelDevice(device: bigint): number {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & 0xffff_f000n);
  const minor = (device & 0xffn) | ((device >> 12n) & 0xffff_ff00n);
  return Number(BigInt.asUintN(32, (major << 20n) | minor));
}
