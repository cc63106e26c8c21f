// SPDX-License-Identifier: Apache-2.0
// A socket's path by way of its directory's descriptor: the kernel takes no path of a socket that
// is longer than 107 bytes, and a directory that was opened is the one that was looked at.

import { closeSync, constants, openSync } from 'node:fs';
import { basename, dirname } from 'node:path';

export type SocketDirectory = {
  /** A descriptor; the short path leads nowhere once it is closed. */
  readonly directory: number;
  readonly short: string;
};

/** Opens the directory of a socket; throws as opening a file does. */
export function openSocketDirectory(path: string): SocketDirectory {
  const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
  const directory = openSync(dirname(path), flags);
  return { directory, short: `/proc/self/fd/${directory}/${basename(path)}` };
}

/** Does something that is over when its promise is, with the short path of a socket. */
export async function withSocketDirectory<Result>(
  path: string,
  work: (short: string) => Promise<Result>,
): Promise<Result> {
  const { directory, short } = openSocketDirectory(path);
  try {
    return await work(short);
  } finally {
    closeSync(directory);
  }
}
