// SPDX-License-Identifier: Apache-2.0
// What a benchmark asks of a record about a file: whether the operation writes, how it ended, which
// path it has and from where.

import { type RecordView, readPath } from '@fimbul/probe';
import {
  chmodRecordOffsets,
  type FileOperation,
  fileFactsOffsets,
  fileOperations,
  integerConstants,
  openRecordOffsets,
  pathSources,
  type RecordKind,
  recordHeaderOffsets,
  renameRecordOffsets,
  unlinkRecordOffsets,
} from '@fimbul/schema';

const offsets = {
  open: openRecordOffsets,
  unlink: unlinkRecordOffsets,
  rename: renameRecordOffsets,
  chmod: chmodRecordOffsets,
} as const;

const writingFlags = ['O_WRONLY', 'O_RDWR', 'O_CREAT', 'O_TRUNC', 'O_APPEND']
  .map((name) => Number(integerConstants.get(name)))
  .reduce((all, bit) => all | bit, 0);
const refusals = ['EACCES', 'EPERM'].map((name) => integerConstants.get(name));

export function isFileOperation(kind: RecordKind): kind is FileOperation {
  return (fileOperations as readonly RecordKind[]).includes(kind);
}

/** An open that only reads is the one operation that changes nothing. */
export function doesWrite(operation: FileOperation, record: RecordView): boolean {
  return operation !== 'open' || (record.getU32(openRecordOffsets.flags) & writingFlags) !== 0;
}

/** A failure that rules only see when they ask for it. */
export function isOtherFailure(operation: FileOperation, record: RecordView): boolean {
  const result = record.getS64(offsets[operation].retval);
  return result < 0n && !refusals.includes(result);
}

export function readLanes(record: RecordView): bigint {
  return record.getU64(recordHeaderOffsets.lanes);
}

export function readFilePath(operation: FileOperation, record: RecordView): string {
  return readPath(record, offsets[operation].file.at);
}

export function readPathSource(operation: FileOperation, record: RecordView): string {
  const { at } = offsets[operation].file;
  return pathSources[record.getU16(at + fileFactsOffsets.pathSource)] ?? 'none';
}
