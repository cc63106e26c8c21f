// SPDX-License-Identifier: Apache-2.0
// Records about processes and control groups, copied out of their batch: the process cache keeps
// them.

import {
  cgroupRecordOffsets,
  execRecordOffsets,
  exitRecordOffsets,
  forkRecordOffsets,
  recordHeaderOffsets,
} from '@fimbul/schema';
import { type FileFacts, readFileFacts } from './file-facts.ts';
import { type ProcessFacts, readProcessFacts } from './process-facts.ts';
import type { RecordView } from './record-view.ts';

const terminalBytes = 32;

/** Fields that records about processes share. */
type Common = {
  /** Nanoseconds of CLOCK_BOOTTIME. */
  readonly timestampNs: bigint;
  readonly process: ProcessFacts;
};

export type ExecRecord = Common & {
  readonly kind: 'exec';
  /** The image that runs: the interpreter, for a script. */
  readonly file: FileFacts;
  /** The script that was executed, as the caller named it; null for any other program. */
  readonly script: FileFacts | null;
  /** Byte strings. The last may be cut when `argumentsTruncated`. */
  readonly argv: readonly string[];
  readonly argumentsTruncated: boolean;
  /** Name of the controlling terminal, or empty. */
  readonly terminal: string;
};

export type ForkRecord = Common & {
  readonly kind: 'fork';
  /** Who called fork: the parent, unless CLONE_PARENT was used. */
  readonly creatorPid: number;
  readonly creatorStartTimeNs: bigint;
};

export type ExitRecord = Common & {
  readonly kind: 'exit';
  /** Status as wait(2) reports it. */
  readonly status: number;
};

export type CgroupRecord = Common & {
  readonly kind: 'cgroup';
  /** Path within its hierarchy, such as `/system.slice/ssh.service`. */
  readonly path: string;
};

function readCommon(record: RecordView): Common {
  return {
    timestampNs: record.getU64(recordHeaderOffsets.timestampNs),
    process: readProcessFacts(record),
  };
}

function splitArguments(text: string): string[] {
  if (text === '') return [];
  return (text.endsWith('\0') ? text.slice(0, -1) : text).split('\0');
}

export function readExecRecord(record: RecordView): ExecRecord {
  const script = readFileFacts(record, execRecordOffsets.script.at);
  return {
    kind: 'exec',
    ...readCommon(record),
    file: readFileFacts(record, execRecordOffsets.file.at),
    script: script.pathSource === 'none' ? null : script,
    argv: splitArguments(record.getText(execRecordOffsets.arguments.at)),
    argumentsTruncated: record.getU32(execRecordOffsets.argumentsTruncated) !== 0,
    terminal: record.getChars(execRecordOffsets.tty, terminalBytes),
  };
}

export function readForkRecord(record: RecordView): ForkRecord {
  return {
    kind: 'fork',
    ...readCommon(record),
    creatorPid: record.getU32(forkRecordOffsets.creatorPid),
    creatorStartTimeNs: record.getU64(forkRecordOffsets.creatorStartTimeNs),
  };
}

export function readExitRecord(record: RecordView): ExitRecord {
  return {
    kind: 'exit',
    ...readCommon(record),
    status: record.getU32(exitRecordOffsets.status),
  };
}

export function readCgroupRecord(record: RecordView): CgroupRecord {
  return {
    kind: 'cgroup',
    ...readCommon(record),
    path: record.getTurnedText(cgroupRecordOffsets.path.at, true),
  };
}
