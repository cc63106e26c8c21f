// SPDX-License-Identifier: Apache-2.0
// The files in a directory and below it whose names are wanted, by path. Links to files count, and
// so do links to nothing, so that reading them says so; links to directories are not followed, so
// that the search ends.

import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { explainFileError } from '@fimbul/config';

/** Directories below one another; deeper ones are not searched. */
const depthMax = 32;

export type FoundFiles = {
  readonly files: readonly string[];
  /** Directories that cannot be read, and why. */
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[];
};

/** What cannot be looked at is no directory; reading it says why. */
export function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function isFile(entry: Dirent, path: string): boolean {
  if (!entry.isSymbolicLink()) return entry.isFile();
  try {
    return statSync(path).isFile();
  } catch {
    return true;
  }
}

/** Searches a directory. */
export function searchFiles(directory: string, isWanted: (name: string) => boolean): FoundFiles {
  const files: string[] = [];
  const unreadable: { path: string; reason: string }[] = [];
  const search = (below: string, depth: number): void => {
    if (depth > depthMax) return;
    let entries: readonly Dirent[];
    try {
      entries = readdirSync(below, { withFileTypes: true });
    } catch (error) {
      unreadable.push({ path: below, reason: explainFileError(error) });
      return;
    }
    for (const entry of entries) {
      const path = join(below, entry.name);
      if (entry.isDirectory()) search(path, depth + 1);
      else if (isWanted(entry.name) && isFile(entry, path)) files.push(path);
    }
  };
  search(directory, 0);
  return { files: files.sort(), unreadable };
}
