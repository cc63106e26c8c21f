// SPDX-License-Identifier: Apache-2.0
// The files in a directory and below it whose names are wanted, by path. Links to files count;
// links to directories are not followed, so that the search ends.

import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Directories below one another; deeper ones are not searched. */
const depthMax = 32;

function isFile(entry: Dirent, path: string): boolean {
  return entry.isFile() || (entry.isSymbolicLink() && statSync(path).isFile());
}

/**
 * Searches a directory.
 * @throws the error of the file system, for a directory that cannot be read.
 */
export function searchFiles(
  directory: string,
  isWanted: (name: string) => boolean,
): readonly string[] {
  const search = (below: string, depth: number): readonly string[] => {
    if (depth > depthMax) return [];
    return readdirSync(below, { withFileTypes: true }).flatMap((entry) => {
      const path = join(below, entry.name);
      if (entry.isDirectory()) return search(path, depth + 1);
      return isWanted(entry.name) && isFile(entry, path) ? [path] : [];
    });
  };
  return search(directory, 0).toSorted();
}
