// SPDX-License-Identifier: Apache-2.0
// The event that rules look at: one record with the process that caused it. It is moved from record
// to record; files are decoded when first asked for, and everything is valid until the next move.

import { type FileFacts, type ProcessFacts, type RecordView, readFileFacts } from '@fimbul/probe';
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
  #file: FileFacts | null = null;
  #destination: FileFacts | null = null;

  constructor(record: RecordView, surroundings: EventSurroundings) {
    this.record = record;
    this.surroundings = surroundings;
  }

  /** Shows the record that `record` stands at, caused by `subject`. */
  moveTo(operation: Operation, subject: ProcessSubject): void {
    this.operation = operation;
    this.#subject = subject;
    this.#file = null;
    this.#destination = null;
  }

  get subject(): ProcessSubject {
    if (this.#subject === null) throw new Error('the view stands at no event');
    return this.#subject;
  }

  /** The file of the operation; for rename, before it. */
  get file(): FileFacts {
    this.#file ??= readFileFacts(this.record, sourceOffsets[this.operation]);
    return this.#file;
  }

  /** The file after a rename. */
  get destination(): FileFacts {
    this.#destination ??= readFileFacts(this.record, renameRecordOffsets.destination.at);
    return this.#destination;
  }
}
