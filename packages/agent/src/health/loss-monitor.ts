// SPDX-License-Identifier: Apache-2.0
// Loss is an event. Compares the kernel's counters with those of the last look and tells what was
// lost in between: by record kind and reason, with the window it happened in.

import type { Counters } from '@fimbul/probe';
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

function total(counters: Counters, undecodable: number): Totals {
  const totals: Totals = new Map();
  for (const kind of recordKinds) {
    for (const [name, value] of Object.entries(counters.kinds[kind])) {
      if (name.startsWith('lost_')) totals.set(`${kind} ${name.slice('lost_'.length)}`, value);
    }
  }
  for (const [name, value] of Object.entries(counters.skippedRuns)) {
    const program = name.replace(/_probed$/, '');
    // Skipped runs of the others cost an event a detail, not the event.
    if (program === 'sys_exit' || program.startsWith('sched_')) {
      totals.set(`any preempted_${program}`, value);
    }
  }
  totals.set('any undecodable', undecodable);
  return totals;
}

export class LossMonitor {
  #last: Totals = new Map();
  #lastNs: bigint;

  /** `nowNs`: nanoseconds since 1970 at which counting began. */
  constructor(nowNs: bigint) {
    this.#lastNs = nowNs;
  }

  /** Takes a look at the counters; returns what was lost since the last one. */
  look(counters: Counters, undecodable: number, nowNs: bigint): LossFound[] {
    const totals = total(counters, undecodable);
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
