// SPDX-License-Identifier: Apache-2.0
// What was lost so far, by record kind and reason, for those who ask later. Every entry was told as
// an event when it was noticed.

import type { LossRow } from '@fimbul/schema';
import type { LossFound } from '../health/loss-monitor.ts';
import { formatTime } from '../output/time-text.ts';

type Entry = { count: number; lastNs: bigint };

export class LossLedger {
  // Kinds and reasons are names of counters and programs, so there are few.
  readonly #entries = new Map<string, Entry>();

  add({ operation, reason, count, untilNs }: LossFound): void {
    const key = `${operation} ${reason}`;
    const entry = this.#entries.get(key) ?? { count: 0, lastNs: 0n };
    entry.count += count;
    entry.lastNs = untilNs;
    this.#entries.set(key, entry);
  }

  list(): readonly LossRow[] {
    return [...this.#entries].map(([key, { count, lastNs }]) => {
      const [operation = '', reason = ''] = key.split(' ');
      return { operation, reason, count, last: formatTime(lastNs) };
    });
  }
}
