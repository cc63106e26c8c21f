// SPDX-License-Identifier: Apache-2.0
// The facts of one file of a record (struct file_facts), copied out of it.

import { fileFactsOffsets, type PathSource, pathFlags, pathSources } from '@fimbul/schema';
import { joinCallerPath } from './path-text.ts';
import type { RecordView } from './record-view.ts';

/** Everything a record tells of a file, copied out of it. Strings are byte strings. */
export type FileFacts = {
  /** Empty when the file is only known by a string that could not be read. */
  readonly path: string;
  readonly pathSource: PathSource;
  readonly pathFlags: number;
  readonly inode: bigint;
  readonly device: number;
  readonly mountId: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Nanoseconds since 1970. */
  readonly changeTimeNs: bigint;
  readonly modificationTimeNs: bigint;
  readonly filesystem: string;
};

/** The path of the file whose facts stand at `at`, from whichever source the record has. */
export function readPath(record: RecordView, at: number): string {
  const flags = record.getU16(at + fileFactsOffsets.pathFlags);
  const source = pathSources[record.getU16(at + fileFactsOffsets.pathSource)] ?? 'none';
  switch (source) {
    case 'none':
      return '';
    case 'kernel':
      return readComponents(record, at, flags);
    case 'caller': {
      if (flags & pathFlags.UNREADABLE) return '';
      const string = record.getText(at + fileFactsOffsets.callerPath.at);
      const isAbsolute = string.startsWith('/');
      if (flags & pathFlags.BASE_UNKNOWN) {
        const path = joinCallerPath('/', string);
        return isAbsolute ? path : path.slice(1);
      }
      const directory = readComponents(record, at, flags);
      if (directory.startsWith('/')) return joinCallerPath(directory, string);
      return joinCallerPath(`/${directory}`, string).slice(1);
    }
  }
}

/** A path whose beginning was cut off must not read as one that begins at the root. */
function readComponents(record: RecordView, at: number, flags: number): string {
  const isRooted = (flags & pathFlags.TRUNCATED) === 0;
  return record.getTurnedText(at + fileFactsOffsets.path.at, isRooted);
}

/** Copies the facts of the file at `at` out of the record, with its path where that is known. */
export function readFileFacts(
  record: RecordView,
  at: number,
  path: string = readPath(record, at),
): FileFacts {
  return {
    path,
    pathSource: pathSources[record.getU16(at + fileFactsOffsets.pathSource)] ?? 'none',
    pathFlags: record.getU16(at + fileFactsOffsets.pathFlags),
    inode: record.getU64(at + fileFactsOffsets.inode),
    device: record.getU32(at + fileFactsOffsets.device),
    mountId: record.getS32(at + fileFactsOffsets.mountId),
    mode: record.getU32(at + fileFactsOffsets.mode),
    uid: record.getU32(at + fileFactsOffsets.uid),
    gid: record.getU32(at + fileFactsOffsets.gid),
    changeTimeNs: record.getS64(at + fileFactsOffsets.changeTimeNs),
    modificationTimeNs: record.getS64(at + fileFactsOffsets.modificationTimeNs),
    filesystem: record.getShortText(at + fileFactsOffsets.filesystem),
  };
}
