// SPDX-License-Identifier: Apache-2.0
// Loss is an event. Compares the kernel's counters with those of the last look and tells what was
// lost in between: by record kind and reason, with the window it happened in.

import type { Attachment, Counters } from '@fimbul/probe';
import { recordKinds } from '@fimbul/schema';

export type LossFound = {
  /** A record kind, or `any` where the kernel cannot tell which. */
  readonly operation: string;
  readonly reason: string;
  readonly count: number;
  readonly sinceNs: bigint;
  readonly untilNs: bigint;
};

type Totals = Map<string, number>;

function total(counters: Counters, undecodable: number, programs: readonly Attachment[]): Totals {
  const totals: Totals = new Map();
  for (const kind of recordKinds) {
    for (const [name, value] of Object.entries(counters.kinds[kind])) {
      if (name.startsWith('lost_')) totals.set(`${kind} ${name.slice('lost_'.length)}`, value);
    }
  }
  for (const { name: program, operation, losesEvents } of programs) {
    if (!losesEvents) continue;
    const name = program.replace(/_probed$/, '');
    // The end of all system calls serves several operations.
    const key = `${name === 'sys_exit' ? 'any' : operation} skipped_${name}`;
    totals.set(key, counters.skippedRuns[program] ?? 0);
  }
  totals.set('any undecodable', undecodable);
  return totals;
}

export class LossMonitor {
  #last: Totals = new Map();
  #lastNs: bigint;

  readonly #programs: readonly Attachment[];

  /** `nowNs`: nanoseconds since 1970 at which counting began; `programs`: those that count. */
  constructor(nowNs: bigint, programs: readonly Attachment[]) {
    this.#lastNs = nowNs;
    this.#programs = programs;
  }

  /** Takes a look at the counters; returns what was lost since the last one. */
  look(counters: Counters, undecodable: number, nowNs: bigint): LossFound[] {
    const totals = total(counters, undecodable, this.#programs);
    const found: LossFound[] = [];
    for (const [key, value] of totals) {
      const count = value - (this.#last.get(key) ?? 0);
      const [operation = '', reason = ''] = key.split(' ');
      if (count > 0) {
        found.push({ operation, reason, count, sinceNs: this.#lastNs, untilNs: nowNs });
      }
    }
    this.#last = totals;
    this.#lastNs = nowNs;
    return found;
  }
}
