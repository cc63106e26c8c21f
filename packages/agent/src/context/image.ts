// SPDX-License-Identifier: Apache-2.0
// An image: what a process runs since its last exec. Images are never changed, so that a fork copy
// and the ancestors of a thousand processes share one.

import type { FileFacts } from '@fimbul/probe';

/** `record`: an exec record told it; `proc`: read from /proc; `none`: nobody could tell. */
export type ImageSource = 'record' | 'proc' | 'none';

/** Strings are byte strings. */
export type Image = {
  readonly source: ImageSource;
  /** The file that runs: the interpreter, for a script. Null when unknown, or in the kernel. */
  readonly executable: FileFacts | null;
  /** The script that was executed; null for any other program. */
  readonly script: FileFacts | null;
  readonly argv: readonly string[];
  readonly argumentsTruncated: boolean;
  /** Controlling terminal by the kernel's name (`pts0`, `tty1`), or empty. */
  readonly terminal: string;
  /** Nanoseconds of CLOCK_BOOTTIME; when read from /proc, the start of the process. */
  readonly startedAtNs: bigint;
};

/** An image of which nothing is known. */
export const unknownImage: Image = {
  source: 'none',
  executable: null,
  script: null,
  argv: [],
  argumentsTruncated: false,
  terminal: '',
  startedAtNs: 0n,
};

/** What rules call `process.file`: the script where one was executed, else the executable. */
export function getProgramFile(image: Image): FileFacts | null {
  return image.script ?? image.executable;
}

/** What rules call `process.interpreter.file`: the executable where it runs a script. */
export function getInterpreterFile(image: Image): FileFacts | null {
  return image.script === null ? null : image.executable;
}

/** True when both are the same file run with the same arguments. */
export function isSameImage(a: Image, b: Image): boolean {
  if (a.executable === null || b.executable === null) return false;
  return (
    a.executable.inode === b.executable.inode &&
    a.executable.path === b.executable.path &&
    a.argv.length === b.argv.length &&
    a.argv.every((argument, index) => argument === b.argv[index])
  );
}
