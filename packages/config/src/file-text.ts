// SPDX-License-Identifier: Apache-2.0
// The text of a file that somebody named, or why there is none, in words for people: all commands
// say the same of the same trouble. Whatever the path leads to, reading ends, in bounded memory.

import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  statSync,
} from 'node:fs';
import { Failure } from './failure.ts';

/** Bytes of one text; more is refused, so that a wrong path cannot exhaust memory. */
export const textBytesMax = 16 * 1024 * 1024;

/** Why there is no text. */
export type Unreadable = {
  readonly reason: string;
  /** What to do about it. */
  readonly advice: string;
};

/** Between two looks at a stream that has nothing yet. */
const retryMs = 10;

export type FileText =
  | {
      readonly text: string;
      /** What the file was when its text was read. */
      readonly stats: BigIntStats;
      readonly unreadable?: never;
    }
  | { readonly unreadable: Unreadable };

/** What to do where the path is at fault, which depends on who named it. */
export type PathAdvice = {
  readonly forPath: string;
  /** Where something else than a file has the path. */
  readonly forKind: string;
};

/** Reads a file that must be UTF-8. Pipes and devices are refused, as reading may not end. */
export function readFileText(path: string, { forPath, forKind }: PathAdvice): FileText {
  const notAFile = { unreadable: { reason: 'it is not a file', advice: forKind } };
  return attempt(path, forPath, () => {
    // Opening may do something to a device, so what stands there is asked first.
    if (!statSync(path).isFile()) return notAFile;
    // It may be a pipe by now: that must not wait for somebody to write to it.
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = fstatSync(descriptor, { bigint: true });
      return stats.isFile() ? readText(descriptor, stats) : notAFile;
    } finally {
      closeSync(descriptor);
    }
  });
}

/** Reads what can only be read once as well, such as a pipe; waits until it ends. */
export function readStreamText(path: string, advice: string): FileText {
  return attempt(path, advice, () => {
    const descriptor = openSync(path, 'r');
    try {
      return readText(descriptor, fstatSync(descriptor, { bigint: true }));
    } finally {
      closeSync(descriptor);
    }
  });
}

/** Reads standard input to its end. */
export function readStandardInput(): FileText {
  const advice = 'send a file there, such as with "< FILE"';
  return attempt(null, advice, () => readText(0, fstatSync(0, { bigint: true })));
}

/**
 * Gets what was read.
 * @throws Failure that names it, where it could not be read.
 */
export function requireText(
  what: string,
  read: FileText,
): Exclude<FileText, { readonly unreadable: Unreadable }> {
  if (!read.unreadable) return read;
  throw new Failure(`read ${what}: ${read.unreadable.reason}`, read.unreadable.advice);
}

function attempt(path: string | null, advice: string, read: () => FileText): FileText {
  try {
    return read();
  } catch (error) {
    return { unreadable: { reason: explainReading(path, error), advice } };
  }
}

/** A link that is there and leads nowhere is another mistake than a path that is not there. */
function explainReading(path: string | null, error: unknown): string {
  const reason = explainFileError(error);
  if (path === null || !hasCode(error, 'ENOENT')) return reason;
  try {
    return lstatSync(path).isSymbolicLink() ? 'it is a symbolic link to nothing' : reason;
  } catch {
    return reason;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function readText(descriptor: number, stats: BigIntStats): FileText {
  const bytes = stats.size > textBytesMax ? null : readBytes(descriptor, Number(stats.size));
  if (bytes === null) {
    const size = stats.size > textBytesMax ? String(stats.size) : `more than ${textBytesMax}`;
    const reason = `${size} bytes, at most ${textBytesMax} are read`;
    return { unreadable: { reason, advice: 'check that it is the file you mean' } };
  }
  const text = decodeText(bytes);
  if (text === null) {
    return { unreadable: { reason: 'it is not UTF-8', advice: 'save it as UTF-8' } };
  }
  return { text, stats };
}

/** Reads to the end, which may be elsewhere than the size says; null beyond the bound. */
function readBytes(descriptor: number, sizeExpected: number): Uint8Array | null {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const chunk = new Uint8Array(Math.max(65_536, sizeExpected - size));
    const count = readSome(descriptor, chunk);
    if (count === 0) return Buffer.concat(chunks, size);
    size += count;
    if (size > textBytesMax) return null;
    chunks.push(chunk.subarray(0, count));
  }
}

/** Waits for bytes, also where whoever opened the stream chose not to, such as a terminal's. */
function readSome(descriptor: number, chunk: Uint8Array): number {
  for (;;) {
    try {
      return readSync(descriptor, chunk, 0, chunk.length, null);
    } catch (error) {
      if (!hasCode(error, 'EAGAIN')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryMs);
    }
  }
}

/**
 * Decodes UTF-8, or gets null for other bytes: those would become other text, and a rule on that
 * would never match. A byte order mark stays, as its removal is a change.
 */
function decodeText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** What the errors of the file system that people meet are in words. */
const reasons: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'there is no such file or directory'],
  ['EACCES', 'permission denied'],
  ['EISDIR', 'it is a directory'],
  ['ENOTDIR', 'a part of the path is not a directory'],
  ['ELOOP', 'symbolic links lead in a circle'],
  ['ENAMETOOLONG', 'the name is too long'],
  ['ERR_INVALID_ARG_VALUE', 'no file can have this name'],
  ['EBADF', 'it is closed'],
  ['EPERM', 'the operation is not permitted'],
  ['EROFS', 'the filesystem is read-only'],
  ['ENOSPC', 'no space is left'],
]);

/** Says why the file system refused something. */
export function explainFileError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const known = reasons.get('code' in error ? error.code : undefined);
  // Others are told in the system's words, without the code before and the call behind them.
  return known ?? error.message.replace(/^E[A-Z0-9]+: (.*?)(?:, [a-z]+(?: '.*)?)?$/s, '$1');
}
