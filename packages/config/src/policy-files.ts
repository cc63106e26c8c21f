// SPDX-License-Identifier: Apache-2.0
// Finds and reads policy files. A directory stands for its *.policy files, `default.policy` first
// and then by name: the order in which rules are loaded. A file that is found there and cannot be
// read costs its own rules and no others; a path that somebody named is wrong as a whole.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  explainFileError,
  type PathAdvice,
  readFileText,
  requireText,
  type Unreadable,
} from './file-text.ts';

export type PolicyFile = {
  readonly path: string;
  /** Empty where it cannot be read. */
  readonly text: string;
  readonly unreadable?: Unreadable & {
    /** True for a path that somebody named, false for a file found in a directory. */
    readonly isNamed: boolean;
  };
};

const adviceForNamed: PathAdvice = {
  forPath: 'check the path on the command line, or in the configuration',
  forKind: 'name a policy file or a directory',
};

const removal = 'mend it, or remove it from the directory';
const adviceForFound: PathAdvice = { forPath: removal, forKind: removal };

function comparePolicyNames(a: string, b: string): number {
  const rank = (name: string): number => (name === 'default.policy' ? 0 : 1);
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}

function readPolicy(path: string, isNamed: boolean): PolicyFile {
  const read = readFileText(path, isNamed ? adviceForNamed : adviceForFound);
  if (!read.unreadable) return { path, text: read.text };
  return { path, text: '', unreadable: { ...read.unreadable, isNamed } };
}

function refuse(path: string, reason: string, advice: string): PolicyFile[] {
  return [{ path, text: '', unreadable: { reason, advice, isNamed: true } }];
}

/** What cannot be looked at counts as a file: reading it says why. */
function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function collectNamed(path: string): PolicyFile[] {
  if (!isDirectory(path)) return [readPolicy(path, true)];
  let names: string[];
  try {
    names = readdirSync(path).filter((name) => name.endsWith('.policy'));
  } catch (error) {
    return refuse(path, explainFileError(error), adviceForNamed.forPath);
  }
  if (names.length === 0) {
    const advice = 'put a policy there, or name a policy file';
    return refuse(path, 'the directory has no *.policy file', advice);
  }
  return names.sort(comparePolicyNames).map((name) => readPolicy(join(path, name), false));
}

/** Reads the policies that the paths stand for, in load order, with those that are unreadable. */
export function collectPolicyFiles(paths: readonly string[]): PolicyFile[] {
  return paths.flatMap(collectNamed);
}

/**
 * Reads the policies that the paths stand for, in load order.
 * @throws Failure for a named path that cannot be read: who named it meant something else.
 */
export function readPolicyFiles(paths: readonly string[]): PolicyFile[] {
  const files = collectPolicyFiles(paths);
  for (const { path, unreadable } of files) {
    if (unreadable?.isNamed) requireText(`policy ${path}`, { unreadable });
  }
  return files;
}
