// SPDX-License-Identifier: Apache-2.0
// A recording as a file. It holds the command lines of a host, so it is made for its owner alone,
// and made new: what stands at its path is neither followed nor written into.

import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { type Result, refuse, succeed } from '../probe-error.ts';
import type { ByteSource } from './recording-reader.ts';
import type { ByteSink } from './recording-writer.ts';

const ownerOnly = 0o600;

function getCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function explain(error: unknown): string {
  switch (getCode(error)) {
    case 'ENOENT':
      return 'there is no such file or directory';
    case 'EACCES':
      return 'permission denied';
    case 'EROFS':
      return 'the filesystem is read-only';
    case 'ENOSPC':
      return 'no space is left on the device';
    case 'EDQUOT':
      return 'the quota is used up';
    case 'EFBIG':
      return 'the file would be larger than is allowed';
    case 'EISDIR':
      return 'it is a directory';
    case 'ENOTDIR':
      return 'a part of the path is no directory';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

function fail(what: string, advice: string): Result<never> {
  return refuse({ code: 'recording_refused', what, advice });
}

/** Removes what stands at the path, if that is a file; returns the refusal otherwise. */
function makeRoom(path: string, force: boolean): Result<never> | null {
  let stats: ReturnType<typeof lstatSync>;
  try {
    stats = lstatSync(path);
  } catch {
    // Nothing is there, or making the file will tell what is wrong.
    return null;
  }
  if (!stats.isFile()) {
    return fail(`write recording ${path}: it exists and is no file`, 'name a file with -o');
  }
  if (!force) {
    return fail(
      `write recording ${path}: it exists`,
      'name another file with -o, or give --force to replace it',
    );
  }
  rmSync(path);
  return null;
}

/** A recording that is being written. */
export class RecordingFile implements ByteSink {
  readonly path: string;
  readonly #descriptor: number;
  #isOpen = true;

  private constructor(path: string, descriptor: number) {
    this.path = path;
    this.#descriptor = descriptor;
  }

  /** Makes a new file; one that exists is replaced only by `force`. */
  static create(path: string, force: boolean): Result<RecordingFile> {
    try {
      const refusal = makeRoom(path, force);
      if (refusal !== null) return refusal;
      const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
      const descriptor = openSync(path, flags, ownerOnly);
      // Whatever the umask says.
      fchmodSync(descriptor, ownerOnly);
      return succeed(new RecordingFile(path, descriptor));
    } catch (error) {
      return fail(`write recording ${path}: ${explain(error)}`, 'name a place that can be written');
    }
  }

  /**
   * Writes all bytes.
   * @throws RecordingFull when the filesystem takes no more.
   */
  write(bytes: Uint8Array): void {
    let written = 0;
    while (written < bytes.length) {
      try {
        written += writeSync(this.#descriptor, bytes, written);
      } catch (error) {
        if (getCode(error) === 'EINTR') continue;
        if (getCode(error) === '') throw error;
        throw new RecordingFull(`write recording ${this.path}: ${explain(error)}`);
      }
    }
  }

  /** Waits until the device has it, and closes. Repeating it changes nothing. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      fsyncSync(this.#descriptor);
    } catch (error) {
      throw new RecordingFull(`write recording ${this.path}: ${explain(error)}`);
    } finally {
      closeSync(this.#descriptor);
    }
  }

  /** Closes and removes a file that nothing was recorded to. */
  discard(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#descriptor);
    rmSync(this.path, { force: true });
  }
}

/** The filesystem takes no more of the recording. */
export class RecordingFull extends Error {
  override readonly name = 'RecordingFull';
  readonly advice = 'make room, or record to another place; what was written can be replayed';
}

export type RecordingInput = ByteSource & { close(): void };

/** Opens a recording for reading. */
export function openRecordingFile(path: string): Result<RecordingInput> {
  const advice = 'name a recording that "fimbul record" wrote';
  let descriptor: number;
  try {
    // Never wait for what a pipe may bring.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return fail(`read recording ${path}: ${explain(error)}`, advice);
  }
  if (!fstatSync(descriptor).isFile()) {
    const what = fstatSync(descriptor).isDirectory() ? 'it is a directory' : 'it is no file';
    closeSync(descriptor);
    return fail(`read recording ${path}: ${what}`, advice);
  }
  return succeed({
    read: (at, length) => readFully(descriptor, at, length),
    close: () => closeSync(descriptor),
  });
}

function readFully(descriptor: number, at: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(descriptor, bytes, filled, length - filled, at + filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}
