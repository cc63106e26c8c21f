// SPDX-License-Identifier: Apache-2.0
// A probe without a filter beside the one that is measured: it counts the events that write, which
// the kernel's counters do not tell apart from those that only read.

import { passEverything } from '@fimbul/probe';
import { type FileOperation, fileOperations } from '@fimbul/schema';
import { doesWrite, isFileOperation, isOtherFailure } from './file-record.ts';
import { Tap } from './tap.ts';

export type OperationCounts = Record<FileOperation, number>;

export function makeOperationCounts(): OperationCounts {
  return Object.fromEntries(fileOperations.map((name) => [name, 0])) as OperationCounts;
}

export type WritesSeen = {
  /** Those that every rule may see. */
  readonly ordinary: Readonly<OperationCounts>;
  /** Failures that only a rule sees that asks for them. */
  readonly failed: Readonly<OperationCounts>;
};

export class Witness {
  readonly tap: Tap;
  #ordinary = makeOperationCounts();
  #failed = makeOperationCounts();

  constructor(ringBytes: number) {
    this.tap = new Tap({ filter: passEverything('all') }, ringBytes, (kind, record) => {
      if (!isFileOperation(kind) || !doesWrite(kind, record)) return;
      const counts = isOtherFailure(kind, record) ? this.#failed : this.#ordinary;
      counts[kind] += 1;
    });
  }

  /** Takes what was counted since the last time. */
  take(): WritesSeen {
    const taken = { ordinary: this.#ordinary, failed: this.#failed };
    this.#ordinary = makeOperationCounts();
    this.#failed = makeOperationCounts();
    return taken;
  }
}
