// SPDX-License-Identifier: Apache-2.0
// Finds and reads policy files. A directory stands for its *.policy files, `default.policy` first
// and then by name: the order in which rules are loaded.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Failure } from './failure.ts';
import { decodeText, explainFileError } from './file-text.ts';

export type PolicyFile = { readonly path: string; readonly text: string };

/** Bytes of one policy file; more is refused, so that a wrong path cannot exhaust memory. */
const policyBytesMax = 16 * 1024 * 1024;

function comparePolicyNames(a: string, b: string): number {
  const rank = (name: string): number => (name === 'default.policy' ? 0 : 1);
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}

function listPolicies(directory: string): string[] {
  const names = readdirSync(directory).filter((name) => name.endsWith('.policy'));
  if (names.length === 0) {
    throw new Failure(
      `read policies: the directory ${directory} has no *.policy file`,
      'put a policy there, or name a policy file',
    );
  }
  return names.sort(comparePolicyNames).map((name) => join(directory, name));
}

function readPolicy(path: string): PolicyFile {
  const stats = statSync(path);
  if (!stats.isFile()) {
    throw new Failure(`read policy ${path}: it is not a file`, 'name a policy file or a directory');
  }
  if (stats.size > policyBytesMax) {
    throw new Failure(
      `read policy ${path}: ${stats.size} bytes, at most ${policyBytesMax} are read`,
      `check that ${basename(path)} is a policy`,
    );
  }
  return { path, text: decodeText(`policy ${path}`, readFileSync(path)) };
}

/** Reads what stands at a path; a Failure names the path and what to do. */
function attempt<Value>(path: string, read: (path: string) => Value): Value {
  try {
    return read(path);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(
      `read policy ${path}: ${explainFileError(error)}`,
      'check the path on the command line, or in the configuration',
    );
  }
}

/**
 * Reads the policies that the paths stand for, in load order.
 * @throws Failure for a path that cannot be read: half a rule set would be worse than none.
 */
export function readPolicyFiles(paths: readonly string[]): PolicyFile[] {
  const list = (path: string): string[] =>
    statSync(path).isDirectory() ? listPolicies(path) : [path];
  return paths.flatMap((path) => attempt(path, list)).map((path) => attempt(path, readPolicy));
}
