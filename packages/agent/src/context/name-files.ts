// SPDX-License-Identifier: Apache-2.0
// The passwd and group files of the host and of containers. A container's files are hostile: they
// are only read when regular and of sane size, and not through links that would lead out of it.

import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from 'node:fs';
import { contextLimits } from './limits.ts';
import { readNamespace } from './proc-files.ts';

export type NameFileKind = 'passwd' | 'group';

export type NameFile = {
  readonly kind: NameFileKind;
  /** The process through whose root the file is reached; null for the agent's own. */
  readonly pid: number | null;
};

/** What changes when a file does. */
export type NameFileState = {
  readonly inode: bigint;
  readonly device: bigint;
  readonly size: bigint;
  readonly modificationTimeNs: bigint;
  readonly changeTimeNs: bigint;
};

export interface NameFiles {
  /** Looks at a file; null when it is not there or must not be read. */
  findState(file: NameFile): NameFileState | null;
  /** Reads a file as a byte string; null when it is not there or must not be read. */
  read(file: NameFile): string | null;
  /** The mount namespace of a process; 0 when it is gone. */
  readMountNamespace(pid: number): number;
  /** The agent's own mount namespace. */
  readOwnMountNamespace(): number;
}

export class NodeNameFiles implements NameFiles {
  findState(file: NameFile): NameFileState | null {
    return withFile(file, (descriptor) => {
      const { ino, dev, size, mtimeNs, ctimeNs } = fstatSync(descriptor, { bigint: true });
      return {
        inode: ino,
        device: dev,
        size,
        modificationTimeNs: mtimeNs,
        changeTimeNs: ctimeNs,
      };
    });
  }

  read(file: NameFile): string | null {
    return withFile(file, (descriptor) => readFileSync(descriptor, 'latin1'));
  }

  readMountNamespace(pid: number): number {
    return readNamespace(`/proc/${pid}/ns/mnt`);
  }

  readOwnMountNamespace(): number {
    return readNamespace('/proc/self/ns/mnt');
  }
}

/** Opens a file without waiting, refuses what is no regular file of sane size, and uses it. */
function withFile<T>({ kind, pid }: NameFile, use: (descriptor: number) => T): T | null {
  const directory = pid === null ? '/etc' : `/proc/${pid}/root/etc`;
  let descriptor: number | null = null;
  try {
    if (pid !== null && !lstatSync(directory).isDirectory()) return null;
    const follow = pid === null ? 0 : constants.O_NOFOLLOW;
    const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY | follow;
    descriptor = openSync(`${directory}/${kind}`, flags);
    const stats = fstatSync(descriptor);
    const { nameFileBytesMax, foreignNameFileBytesMax } = contextLimits;
    const bytesMax = pid === null ? nameFileBytesMax : foreignNameFileBytesMax;
    if (!stats.isFile() || stats.size > bytesMax) return null;
    return use(descriptor);
  } catch {
    return null;
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}
