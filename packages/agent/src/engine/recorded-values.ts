// SPDX-License-Identifier: Apache-2.0
// The integers of a recorded event that the kernel filter has tables for. What a record does not
// tell is left out; whether the kernel knew the group for one of a container is not told.

import type { RecordView } from '@fimbul/probe';
import type { VisibleValues } from '@fimbul/rules/run';
import {
  chmodRecordOffsets,
  type FileOperation,
  fileFactsOffsets,
  getFilesystemNumber,
  openRecordOffsets,
  pathFlags,
  recordHeaderOffsets,
  renameRecordOffsets,
  unlinkRecordOffsets,
} from '@fimbul/schema';

type FileValues = {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly layer: number;
  readonly filesystem: number;
};

function readIds(record: RecordView): VisibleValues {
  const { uid, gid, euid, egid, fsuid, fsgid, auid } = recordHeaderOffsets.process;
  return {
    ...{ uid: record.getU32(uid), gid: record.getU32(gid), auid: record.getU32(auid) },
    ...{ euid: record.getU32(euid), egid: record.getU32(egid) },
    ...{ fsuid: record.getU32(fsuid), fsgid: record.getU32(fsgid) },
  };
}

/** A file without an inode number is not known, and neither is anything of it. */
function readFile(record: RecordView, at: number): FileValues | null {
  if (record.getU64(at + fileFactsOffsets.inode) === 0n) return null;
  const flags = record.getU16(at + fileFactsOffsets.pathFlags);
  return {
    mode: record.getU32(at + fileFactsOffsets.mode),
    uid: record.getU32(at + fileFactsOffsets.uid),
    gid: record.getU32(at + fileFactsOffsets.gid),
    layer: (flags & pathFlags.UPPER_LAYER) === 0 ? 0 : 1,
    filesystem: getFilesystemNumber(record.getShortText(at + fileFactsOffsets.filesystem)),
  };
}

function readOwn(record: RecordView, operation: FileOperation): VisibleValues {
  switch (operation) {
    case 'open':
      return {
        flags: record.getU32(openRecordOffsets.flags),
        mode: record.getU32(openRecordOffsets.mode),
        created: record.getU32(openRecordOffsets.created),
      };
    case 'unlink':
      return { flags: record.getU32(unlinkRecordOffsets.flags) };
    case 'chmod':
      return { mode: record.getU32(chmodRecordOffsets.modeAfter) };
    case 'rename': {
      const flags = record.getU32(renameRecordOffsets.flags);
      const file = readFile(record, renameRecordOffsets.destination.at);
      if (file === null) return { flags };
      return {
        ...{ flags, destination_mode: file.mode },
        ...{ destination_uid: file.uid, destination_gid: file.gid },
        ...{ destination_layer: file.layer, destination_filesystem: file.filesystem },
      };
    }
  }
}

/** Reads what the kernel filter saw of a record of a file operation, but for its result. */
export function readRecordedValues(record: RecordView, operation: FileOperation): VisibleValues {
  const file = readFile(record, openRecordOffsets.file.at);
  const own = { ...readIds(record), ...readOwn(record, operation) };
  if (file === null) return own;
  const isModeKnown =
    operation !== 'chmod' || record.getU32(chmodRecordOffsets.modeBeforeKnown) !== 0;
  return {
    ...own,
    ...(isModeKnown ? { file_mode: file.mode } : {}),
    ...{ file_uid: file.uid, file_gid: file.gid },
    ...{ file_layer: file.layer, file_filesystem: file.filesystem },
  };
}
