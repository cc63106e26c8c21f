// SPDX-License-Identifier: Apache-2.0
// Calls that a load says it made, held against the records about it: one for each, in order, with
// the right path. Only a path that cannot be told whole may be cut, said to be so, and then it is
// the end of the right one.

import { fileOperations, kernelLimits, pathFlags } from '@fimbul/schema';
import type { ObservedRecord } from '../observed-record.ts';

const problemsMax = 5;
const shownMax = 60;
/** Mounts that are crossed take steps of the climb too, as does the last one at the root. */
const crossingsMax = 8;

export type ToldCall = {
  readonly what: string;
  /** The path of the file; of a rename, where it came from or where it went. */
  readonly path: string;
};

type FileRecord = Extract<ObservedRecord, { readonly file: unknown; readonly retval: number }>;
type PathFacts = FileRecord['file'];

/** Reads lines of a call and a path. */
export function readToldCalls(output: string): readonly ToldCall[] {
  return output
    .split('\n')
    .filter((line) => line.includes(' '))
    .map((line) => {
      const space = line.indexOf(' ');
      return { what: line.slice(0, space), path: line.slice(space + 1) };
    });
}

function shorten(path: string): string {
  const shown = path.length > shownMax ? `…${path.slice(-shownMax)} (${path.length})` : path;
  return JSON.stringify(shown);
}

function isTooLong(path: string): boolean {
  const steps = path.split('/').length + crossingsMax;
  return path.length > kernelLimits.PATH_BYTES_MAX || steps > kernelLimits.PATH_DEPTH_MAX;
}

/** The nearest components are kept, as many as a record holds. */
function isRightlyCut(path: string, kept: string): boolean {
  const isEnd = kept !== '' && !kept.startsWith('/') && path.endsWith(`/${kept}`);
  const { PATH_BYTES_MAX, PATH_DEPTH_MAX, NAME_BYTES_MAX } = kernelLimits;
  const isMuch =
    kept.length >= PATH_BYTES_MAX - NAME_BYTES_MAX - 1 ||
    kept.split('/').length >= PATH_DEPTH_MAX - crossingsMax;
  return isEnd && isMuch;
}

function isRight(path: string, file: PathFacts, mayBeCut: boolean): boolean {
  const wasCut = (file.pathFlags & pathFlags.TRUNCATED) !== 0;
  if (!wasCut) return file.path === path;
  if (mayBeCut) return !file.path.startsWith('/') && path.endsWith(`/${file.path}`);
  return isTooLong(path) && isRightlyCut(path, file.path);
}

function isRecordOf(call: ToldCall, record: FileRecord, mayBeCut: boolean): boolean {
  if (record.kind !== call.what) return false;
  const files = record.kind === 'rename' ? [record.file, record.destination] : [record.file];
  return files.some((file) => isRight(call.path, file, mayBeCut));
}

function isFileRecord(record: ObservedRecord): record is FileRecord {
  return fileOperations.some((operation) => operation === record.kind);
}

/** Says what is wrong, in words. `mayBeCut`: which paths may be cut for other reasons. */
export function compareTold(
  calls: readonly ToldCall[],
  observed: readonly ObservedRecord[],
  mayBeCut: (index: number) => boolean,
): readonly string[] {
  const records = observed.filter(isFileRecord);
  const problems = calls.flatMap((call, index) => {
    const record = records[index];
    if (record && isRecordOf(call, record, mayBeCut(index))) return [];
    const wasCut = record && record.file.pathFlags & pathFlags.TRUNCATED ? ' (cut)' : '';
    const got = record ? `${record.kind} ${shorten(record.file.path)}${wasCut}` : 'nothing';
    return [`call ${index}: expected ${call.what} ${shorten(call.path)}, got ${got}`];
  });
  if (records.length !== calls.length) {
    problems.unshift(`${records.length} records of ${calls.length} calls`);
  }
  return problems.slice(0, problemsMax);
}
