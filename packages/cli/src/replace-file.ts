// SPDX-License-Identifier: Apache-2.0
// Reads a text file, and replaces it whole: whoever reads it meanwhile sees the old text or the new
// one. Mode and owner stay, a symbolic link stays a link, and a file that somebody else changed in
// between is left alone.

import { randomBytes } from 'node:crypto';
import {
  type BigIntStats,
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { explainFileError, Failure, readFileText, requireText } from '@fimbul/config';

export type TextFile = {
  readonly path: string;
  readonly text: string;
  /** What the file was when its text was read. */
  readonly stats: BigIntStats;
};

const pathAdvice = {
  forPath: 'check the path on the command line',
  forKind: 'name a file or a directory of files',
} as const;

/**
 * Reads a file that must be UTF-8.
 * @throws Failure when it cannot be read as that.
 */
export function readTextFile(path: string): TextFile {
  const { text, stats } = requireText(path, readFileText(path, pathAdvice));
  return { path, text, stats };
}

/**
 * Writes a new text in place of a file that was read.
 * @throws Failure when that is not possible; the file is then as it was.
 */
export function replaceTextFile({ path, stats }: TextFile, text: string): void {
  let temporary: string | null = null;
  try {
    const target = realpathSync(path);
    // The name does not end in .policy, so that no agent loads it.
    temporary = join(dirname(target), `.fimbul-${randomBytes(8).toString('hex')}.tmp`);
    writeBeside(temporary, text, stats);
    const now = statSync(target, { bigint: true });
    if (now.ino !== stats.ino || now.mtimeNs !== stats.mtimeNs || now.size !== stats.size) {
      throw new Failure(`write ${path}: somebody changed it meanwhile`, 'run the command again');
    }
    renameSync(temporary, target);
    temporary = null;
  } catch (error) {
    if (error instanceof Failure) throw error;
    const advice = 'check who owns the file and its directory; the file is as it was';
    throw new Failure(`write ${path}: ${explainFileError(error)}`, advice);
  } finally {
    if (temporary !== null) rmSync(temporary, { force: true });
  }
}

function writeBeside(temporary: string, text: string, { uid, gid, mode }: BigIntStats): void {
  const descriptor = openSync(temporary, 'wx', 0o600);
  try {
    writeFileSync(descriptor, text);
    const own = fstatSync(descriptor, { bigint: true });
    if (own.uid !== uid || own.gid !== gid) fchownSync(descriptor, Number(uid), Number(gid));
    // After the owner: changing that clears bits of the mode.
    fchmodSync(descriptor, Number(mode) & 0o7777);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
