// SPDX-License-Identifier: Apache-2.0
// The event that rules look at: one record with the process that caused it. It is moved from record
// to record; files are decoded when first asked for, and everything is valid until the next move.

import {
  type FileFacts,
  type ProcessFacts,
  type RecordView,
  readFileFacts,
  readPath,
} from '@fimbul/probe';
import {
  chmodRecordOffsets,
  type Operation,
  openRecordOffsets,
  renameRecordOffsets,
  unlinkRecordOffsets,
} from '@fimbul/schema';
import type { ProcessEntry } from '../context/process-entry.ts';

/** A process as an event or one of its ancestors shows it. */
export type ProcessSubject = {
  readonly entry: ProcessEntry;
  /** Ids and credentials: for the process of the event those of the moment. */
  readonly facts: ProcessFacts;
};

/** What the event's readers need beside the record. */
export type EventSurroundings = {
  /** Names of users and groups as the process sees them; empty when there is none. */
  readonly findUser: (uid: number, process: ProcessFacts) => string;
  readonly findGroup: (gid: number, process: ProcessFacts) => string;
  readonly hostname: string;
  /** Adds to CLOCK_BOOTTIME to give CLOCK_REALTIME, in nanoseconds. */
  bootToRealNs: bigint;
};

const sourceOffsets: Readonly<Record<Operation, number>> = {
  open: openRecordOffsets.file.at,
  unlink: unlinkRecordOffsets.file.at,
  rename: renameRecordOffsets.file.at,
  chmod: chmodRecordOffsets.file.at,
  exec: 0,
  exit: 0,
};

export class EventView {
  readonly record: RecordView;
  readonly surroundings: EventSurroundings;
  operation: Operation = 'open';
  #subject: ProcessSubject | null = null;
  #path: string | null = null;
  #file: FileFacts | null = null;
  #destinationPath: string | null = null;
  #destination: FileFacts | null = null;

  constructor(record: RecordView, surroundings: EventSurroundings) {
    this.record = record;
    this.surroundings = surroundings;
  }

  /** Shows the record that `record` stands at, caused by `subject`. */
  moveTo(operation: Operation, subject: ProcessSubject): void {
    this.operation = operation;
    this.#subject = subject;
    this.#path = null;
    this.#file = null;
    this.#destinationPath = null;
    this.#destination = null;
  }

  get subject(): ProcessSubject {
    if (this.#subject === null) throw new Error('the view stands at no event');
    return this.#subject;
  }

  /** The path of `file` alone: most rules ask for no more, and all else costs more. */
  get path(): string {
    this.#path ??= readPath(this.record, sourceOffsets[this.operation]);
    return this.#path;
  }

  /** The path of `destination`. */
  get destinationPath(): string {
    this.#destinationPath ??= readPath(this.record, renameRecordOffsets.destination.at);
    return this.#destinationPath;
  }

  /** The file of the operation; for rename, before it. */
  get file(): FileFacts {
    this.#file ??= readFileFacts(this.record, sourceOffsets[this.operation], this.path);
    return this.#file;
  }

  /** The file after a rename. */
  get destination(): FileFacts {
    const { at } = renameRecordOffsets.destination;
    this.#destination ??= readFileFacts(this.record, at, this.destinationPath);
    return this.#destination;
  }
}
