// SPDX-License-Identifier: Apache-2.0
// A probe with the filters of a policy and the engine behind it: for a window, what the kernel
// dropped, what a rule matched of the rest, and what had passed for nothing.

import { type Counters, RecordBatch, type RecordView } from '@fimbul/probe';
import type { CompiledPolicies } from '@fimbul/rules';
import { type FileOperation, fileOperations } from '@fimbul/schema';
import {
  doesWrite,
  isFileOperation,
  readFilePath,
  readLanes,
  readPathSource,
} from './file-record.ts';
import { Judge } from './judge.ts';
import { Remainder } from './remainder.ts';
import {
  addWindows,
  emptyWindow,
  type OperationWindows,
  openWindows,
  type Window,
} from './shares.ts';
import { Tap } from './tap.ts';
import { makeOperationCounts, type WritesSeen } from './witness.ts';

export type SubjectWindow = {
  readonly operations: OperationWindows;
  /** Operations that write, opens for reading left out. */
  readonly writes: Window;
  readonly remainder: Remainder;
};

export class Subject {
  readonly name: string;
  readonly tap: Tap;
  /** Of all windows. */
  readonly remainder: Remainder;
  readonly #policies: CompiledPolicies;
  readonly #judge: Judge;
  #before: Counters | null = null;
  #matched = makeOperationCounts();
  #writesSent = makeOperationCounts();
  #writesMatched = makeOperationCounts();
  #ofWindow: Remainder;

  constructor(name: string, policies: CompiledPolicies, ringBytes: number) {
    this.name = name;
    this.#policies = policies;
    this.remainder = new Remainder(policies.rules);
    this.#ofWindow = new Remainder(policies.rules);
    this.#judge = new Judge(policies, RecordBatch.of());
    this.tap = new Tap(policies, ringBytes, (kind, record, single) => {
      const isMatch = this.#judge.judge(single);
      if (isFileOperation(kind)) this.#count(kind, record, isMatch);
    });
  }

  start(): void {
    this.#judge.takeSnapshot(this.tap.probe);
    this.tap.start();
  }

  async open(): Promise<void> {
    this.#before = await this.tap.settle();
    this.#matched = makeOperationCounts();
    this.#writesSent = makeOperationCounts();
    this.#writesMatched = makeOperationCounts();
    this.#ofWindow = new Remainder(this.#policies.rules);
  }

  /** Closes the window; `writes` are what a probe without a filter saw in it. */
  async close(writes: WritesSeen): Promise<SubjectWindow> {
    const after = await this.tap.settle();
    const before = this.#before;
    if (before === null) throw new Error('a window is closed that was not opened');
    this.#before = null;
    return {
      operations: openWindows(before, after, this.#matched),
      writes: this.#makeWriteWindow(writes),
      remainder: this.#ofWindow,
    };
  }

  #count(operation: FileOperation, record: RecordView, isMatch: boolean): void {
    const writes = doesWrite(operation, record);
    if (writes) this.#writesSent[operation] += 1;
    if (isMatch) {
      this.#matched[operation] += 1;
      if (writes) this.#writesMatched[operation] += 1;
    } else if (this.#before !== null) {
      const passed = {
        ...{ operation, writes },
        pathSource: readPathSource(operation, record),
        path: readFilePath(operation, record),
        lanes: readLanes(record),
      };
      this.remainder.add(passed);
      this.#ofWindow.add(passed);
    }
  }

  #makeWriteWindow({ ordinary, failed }: WritesSeen): Window {
    const windows = fileOperations.map((operation): Window => {
      const filter = this.#policies.filter.operations.find(
        (known) => known.operation === operation,
      );
      const others = filter?.failures === 'all' ? failed[operation] : 0;
      const seen = ordinary[operation] + others;
      const sent = this.#writesSent[operation];
      // An event at the edge of the window may be in it for one of two probes.
      const dropped = Math.max(seen - sent, 0);
      return { ...emptyWindow, seen, sent, dropped, matched: this.#writesMatched[operation] };
    });
    return addWindows(windows);
  }
}
