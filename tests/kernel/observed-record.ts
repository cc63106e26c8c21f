// SPDX-License-Identifier: Apache-2.0
// Everything that a raw record says, decoded into a plain object that outlives its batch.

import {
  type FileFacts,
  type ProcessFacts,
  type RecordView,
  readCgroupRecord,
  readExecRecord,
  readExitRecord,
  readFileFacts,
  readForkRecord,
  readProcessFacts,
} from '@fimbul/probe';
import {
  chmodRecordOffsets,
  openRecordOffsets,
  pathFlags,
  type RecordKind,
  recordHeaderOffsets,
  renameRecordOffsets,
  unlinkRecordOffsets,
} from '@fimbul/schema';

export type PathFlagName = keyof typeof pathFlags;

/** Names of the bits that are set. */
export function namePathFlags(flags: number): readonly PathFlagName[] {
  const names = Object.keys(pathFlags) as PathFlagName[];
  return names.filter((name) => flags & pathFlags[name]);
}

type Header = {
  readonly process: ProcessFacts;
  readonly lanes: bigint;
  readonly cpu: number;
  readonly timestampNs: bigint;
};

type Details =
  | {
      readonly kind: 'open';
      readonly file: FileFacts;
      readonly retval: number;
      readonly flags: number;
      readonly mode: number;
      readonly created: boolean;
    }
  | {
      readonly kind: 'unlink';
      readonly file: FileFacts;
      readonly retval: number;
      readonly flags: number;
    }
  | {
      readonly kind: 'rename';
      readonly file: FileFacts;
      readonly destination: FileFacts;
      readonly retval: number;
      readonly flags: number;
    }
  | {
      readonly kind: 'chmod';
      readonly file: FileFacts;
      readonly retval: number;
      readonly modeAfter: number;
      readonly modeBeforeKnown: boolean;
    }
  | {
      readonly kind: 'exec';
      readonly file: FileFacts;
      readonly script: FileFacts | null;
      readonly argv: readonly string[];
      readonly argumentsTruncated: boolean;
    }
  | { readonly kind: 'fork'; readonly creatorPid: number; readonly creatorStartTimeNs: bigint }
  | { readonly kind: 'exit'; readonly status: number }
  | { readonly kind: 'cgroup'; readonly path: string };

export type ObservedRecord = Header & Details;

function decodeDetails(record: RecordView, kind: RecordKind): Details {
  switch (kind) {
    case 'open':
      return {
        kind,
        file: readFileFacts(record, openRecordOffsets.file.at),
        retval: record.getS64AsNumber(openRecordOffsets.retval),
        flags: record.getU32(openRecordOffsets.flags),
        mode: record.getU32(openRecordOffsets.mode),
        created: record.getU32(openRecordOffsets.created) !== 0,
      };
    case 'unlink':
      return {
        kind,
        file: readFileFacts(record, unlinkRecordOffsets.file.at),
        retval: record.getS64AsNumber(unlinkRecordOffsets.retval),
        flags: record.getU32(unlinkRecordOffsets.flags),
      };
    case 'rename':
      return {
        kind,
        file: readFileFacts(record, renameRecordOffsets.file.at),
        destination: readFileFacts(record, renameRecordOffsets.destination.at),
        retval: record.getS64AsNumber(renameRecordOffsets.retval),
        flags: record.getU32(renameRecordOffsets.flags),
      };
    case 'chmod':
      return {
        kind,
        file: readFileFacts(record, chmodRecordOffsets.file.at),
        retval: record.getS64AsNumber(chmodRecordOffsets.retval),
        modeAfter: record.getU32(chmodRecordOffsets.modeAfter),
        modeBeforeKnown: record.getU32(chmodRecordOffsets.modeBeforeKnown) !== 0,
      };
    case 'exec': {
      const { file, script, argv, argumentsTruncated } = readExecRecord(record);
      return { kind, file, script, argv, argumentsTruncated };
    }
    case 'fork': {
      const { creatorPid, creatorStartTimeNs } = readForkRecord(record);
      return { kind, creatorPid, creatorStartTimeNs };
    }
    case 'exit':
      return { kind, status: readExitRecord(record).status };
    case 'cgroup':
      return { kind, path: readCgroupRecord(record).path };
  }
}

/** Decodes the record that the view stands at. */
export function decodeRecord(record: RecordView, kind: RecordKind): ObservedRecord {
  return {
    process: readProcessFacts(record),
    lanes: record.getU64(recordHeaderOffsets.lanes),
    cpu: record.getU32(recordHeaderOffsets.cpu),
    timestampNs: record.getU64(recordHeaderOffsets.timestampNs),
    ...decodeDetails(record, kind),
  };
}
