// SPDX-License-Identifier: Apache-2.0
// Decides whether something that was built is still current: its key, a hash of the recipe and of
// the contents of every input, stands beside it in a `.key` file. Contents, not times, so that a
// fresh clone, a branch switch and a clock that jumped are all the same.

import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Recipe = {
  /** Files by path; their contents count, and which of them there are. */
  readonly inputs: readonly string[];
  /** What else decides the result: flags, versions, the keys of other things. */
  readonly parts: readonly string[];
};

/** Computes the key of a recipe from the contents of its inputs. */
export function computeKey(recipe: Recipe): string {
  const hash = createHash('sha256');
  for (const part of recipe.parts) hash.update(`part ${part.length}\n${part}`);
  for (const input of recipe.inputs) {
    const contents = readFileSync(input);
    hash.update(`input ${input.length} ${contents.length}\n${input}`).update(contents);
  }
  return hash.digest('hex');
}

export function isCurrent(output: string, key: string): boolean {
  const keyFile = `${output}.key`;
  return existsSync(output) && existsSync(keyFile) && readFileSync(keyFile, 'utf8') === key;
}

/** Forgets an output before it is built anew, so that a half-built one is never taken for it. */
export function forget(output: string): void {
  rmSync(`${output}.key`, { force: true });
}

/** Remembers that an output was built from the recipe with this key. */
export function remember(output: string, key: string): void {
  writeFileSync(`${output}.key`, key);
}

/** Lists the files that match a pattern below a directory, sorted, so that keys repeat. */
export function listFiles(directory: string, pattern: string): readonly string[] {
  return globSync(pattern, { cwd: directory })
    .map((path) => join(directory, path))
    .sort();
}
