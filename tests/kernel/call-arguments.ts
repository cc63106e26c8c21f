// SPDX-License-Identifier: Apache-2.0
// Where each system call has its flags and mode, so that what a record must repeat follows from
// the call that a case makes.

import type { RecordKind } from '@fimbul/schema';
import type { Argument, CallStep } from './steps.ts';

const O_WRONLY = 1;
const O_CREAT = 0o100;
const O_TRUNC = 0o1000;

export type RecordedCall = {
  readonly kind: Extract<RecordKind, 'open' | 'unlink' | 'rename' | 'chmod'>;
  readonly flags: number;
  readonly mode: number;
};

const O_DSYNC = 0o10000;
const O_SYNC_BIT = 0o4000000;
const O_PATH = 0o10000000;
const O_TMPFILE_BIT = 0o20000000;
/** With O_DIRECTORY, O_NOFOLLOW and O_CLOEXEC. */
const pathOnlyFlags = 0o2600000 | O_PATH;
const modeBits = 0o7777;

/** Flags of an open as the kernel's own function gets them. */
export function readKernelFlags(flags: number): number {
  if (flags & O_PATH) return flags & pathOnlyFlags;
  return flags & O_SYNC_BIT ? flags | O_DSYNC : flags;
}

/** The mode of an open as the kernel's own function gets it: what means something. */
export function readKernelMode({ flags, mode }: RecordedCall): number {
  return flags & (O_CREAT | O_TMPFILE_BIT) ? mode & modeBits : 0;
}

function toNumber(argument: Argument | undefined): number {
  return typeof argument === 'number' ? argument : 0;
}

/** What a record repeats of the arguments of a call; null for a call that has no record. */
export function readRecordedCall(step: CallStep): RecordedCall | null {
  const at = (index: number): number => toNumber(step.arguments[index]);
  switch (step.call) {
    case 'open':
      return { kind: 'open', flags: at(1), mode: at(2) };
    case 'creat':
      return { kind: 'open', flags: O_CREAT | O_WRONLY | O_TRUNC, mode: at(1) };
    case 'openat':
      return { kind: 'open', flags: at(2), mode: at(3) };
    case 'openat2': {
      const how = step.arguments[2];
      const words = how !== null && typeof how === 'object' && 'words' in how ? how.words : [];
      return { kind: 'open', flags: words[0] ?? 0, mode: words[1] ?? 0 };
    }
    case 'open_by_handle_at':
      return { kind: 'open', flags: at(2), mode: 0 };
    case 'unlink':
      return { kind: 'unlink', flags: 0, mode: 0 };
    case 'unlinkat':
      return { kind: 'unlink', flags: at(2), mode: 0 };
    case 'rename':
    case 'renameat':
      return { kind: 'rename', flags: 0, mode: 0 };
    case 'renameat2':
      return { kind: 'rename', flags: at(4), mode: 0 };
    case 'chmod':
    case 'fchmod':
      return { kind: 'chmod', flags: 0, mode: at(1) };
    case 'fchmodat':
    case 'fchmodat2':
      return { kind: 'chmod', flags: 0, mode: at(2) };
    default:
      return null;
  }
}
