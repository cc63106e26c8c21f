// SPDX-License-Identifier: Apache-2.0
// The files of the checkout that checks look at: everything that is not installed, built or
// ignored. Git is not asked, since a machine without it must be able to run the checks.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootDirectory } from '../setup/paths.ts';

export type SourceFile = {
  /** Relative to the checkout, with forward slashes. */
  readonly path: string;
  readonly text: string;
};

/** Names of folders that are never part of the sources, wherever they stand. */
const skippedFolders = new Set(['.git', 'node_modules', '.fimbul']);
/** The same by their whole path. */
const skippedPaths = new Set(['build', 'bench/results']);
const textName = /\.(?:ts|tsx|js|json|c|h|cc|sh|md|yaml|yml|policy|css|html|service)$/;
const textPaths = new Set(['bin/fimbul', '.ci/run', '.clang-format', '.npmrc', '.gitignore']);

/** Reads all text files of the checkout, sorted by path. */
export function readSourceFiles(): readonly SourceFile[] {
  const paths: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(rootDirectory, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!skippedFolders.has(entry.name) && !skippedPaths.has(path)) walk(path);
      } else if (entry.isFile() && (textName.test(entry.name) || textPaths.has(path))) {
        paths.push(path);
      }
    }
  };
  walk('');
  return paths.sort().map((path) => ({
    path,
    text: readFileSync(join(rootDirectory, path), 'utf8'),
  }));
}
