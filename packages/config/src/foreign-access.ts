// SPDX-License-Identifier: Apache-2.0
// Whether others than root and the user who runs this may change what a path leads to: the file,
// a link on the way to it, or a directory above either. What such a file says is not the host's
// own word.

import { type BigIntStats, lstatSync, readlinkSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { explainFileError } from './file-text.ts';

/** As many as the kernel follows. */
const linksMax = 40;

const stickyBit = 0o1000n;
const writableByOthers = 0o022n;

type Identity = Pick<BigIntStats, 'dev' | 'ino'>;

/** Finds who else may change a file that was read, in words; null when nobody may. */
export function findForeignAccess(path: string, read: Identity): string | null {
  try {
    return walk(isAbsolute(path) ? path : `${process.cwd()}/${path}`, read);
  } catch (error) {
    return `it cannot be told who may write it: ${explainFileError(error)}`;
  }
}

/** Follows the path as the kernel does, step by step. */
function walk(path: string, read: Identity): string | null {
  const steps = path.split('/').toReversed();
  let place = '/';
  let stats = lstatSync(place, { bigint: true });
  let fault = findFault(place, stats);
  for (let links = 0; fault === null; ) {
    const step = steps.pop();
    if (step === undefined) break;
    if (step === '' || step === '.') continue;
    const next = step === '..' ? dirname(place) : join(place, step);
    stats = lstatSync(next, { bigint: true });
    fault = findFault(next, stats);
    if (!stats.isSymbolicLink()) place = next;
    else if (++links > linksMax) fault = 'symbolic links lead in a circle';
    else {
      const target = readlinkSync(next);
      if (isAbsolute(target)) place = '/';
      steps.push(...target.split('/').toReversed());
    }
  }
  const isTheSame = stats.dev === read.dev && stats.ino === read.ino;
  return fault ?? (isTheSame ? null : `${path} was replaced while it was read`);
}

function findFault(place: string, stats: BigIntStats): string | null {
  const { uid, mode } = stats;
  if (uid !== 0n && uid !== BigInt(process.geteuid?.() ?? 0)) {
    return `${place} belongs to another user (${uid})`;
  }
  // Everybody may write links, but only their owner replaces them.
  if (stats.isSymbolicLink() || (mode & writableByOthers) === 0n) return null;
  // In such a directory, others only replace what is theirs.
  if (stats.isDirectory() && (mode & stickyBit) !== 0n) return null;
  return `others may write ${place} (mode ${(mode & 0o7777n).toString(8).padStart(4, '0')})`;
}
