// SPDX-License-Identifier: Apache-2.0
// The script a running interpreter was started for. The kernel forgets it: it put interpreter, the
// interpreter's argument and script in front of the arguments, and named the process after the
// script. Only when all of that still agrees with the script's first line is it believed.

import { closeSync, constants, openSync, readSync } from 'node:fs';
import { type FileFacts, getBasename, joinCallerPath } from '@fimbul/probe';
import { pathFlags } from '@fimbul/schema';
import { contextLimits } from './limits.ts';
import { factsFromStats, findStats } from './proc-executable.ts';
import { readProcLink, toPath } from './proc-files.ts';

/** Bytes of a command name, without its NUL. */
const commBytesMax = 15;

/** Finds the script a process runs; null for any other program, and when it cannot be told. */
export function findScript(
  directory: string,
  comm: string,
  argv: readonly string[],
): FileFacts | null {
  for (const place of [1, 2]) {
    const name = argv[place];
    if (name === undefined || getBasename(name).slice(0, commBytesMax) !== comm) continue;
    // A relative name was relative to a working directory that may have changed since.
    if (!name.startsWith('/')) continue;
    const path = `${directory}/root${name}`;
    const stats = findStats(path);
    if (stats?.isFile() !== true) continue;
    if (!isStartedBy(readFirstLine(path), argv.slice(0, place))) continue;
    return {
      ...factsFromStats(
        joinCallerPath(readProcLink(`${directory}/root`) ?? '/', name),
        stats,
        pathFlags.LAYER_UNKNOWN,
      ),
      pathSource: 'caller',
      mountId: 0,
      filesystem: '',
    };
  }
  return null;
}

/** True when a script's first line makes the kernel put these arguments before the script. */
export function isStartedBy(firstLine: string, before: readonly string[]): boolean {
  const [, interpreter, argument] =
    /^#![ \t]*([^ \t\0]+)[ \t]*([^\0]*?)[ \t]*$/.exec(firstLine) ?? [];
  if (interpreter === undefined || argument === undefined) return false;
  const expected = argument === '' ? [interpreter] : [interpreter, argument];
  return (
    expected.length === before.length && expected.every((word, index) => word === before[index])
  );
}

function readFirstLine(path: string): string {
  let descriptor: number;
  try {
    // Never wait: what stands there may have become a pipe.
    descriptor = openSync(toPath(path), constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return '';
  }
  try {
    const buffer = Buffer.alloc(contextLimits.scriptLineBytesMax);
    const length = readSync(descriptor, buffer, 0, buffer.length, 0);
    const text = buffer.toString('latin1', 0, length);
    const end = text.indexOf('\n');
    return end < 0 ? text : text.slice(0, end);
  } catch {
    return '';
  } finally {
    closeSync(descriptor);
  }
}
