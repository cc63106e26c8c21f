// SPDX-License-Identifier: Apache-2.0
// Processes that have ended, for a while: a record of what they did may still come, and a child may
// name its creator. Bounded by count and by age; the one that ended first goes first.

import { contextLimits } from './limits.ts';
import { nsToTicks } from './proc-entry.ts';
import type { ProcessEntry } from './process-entry.ts';
import { isStartedAt } from './start-time.ts';

type Ended = { readonly entry: ProcessEntry; readonly endedAtNs: bigint };

export class EndedProcesses {
  // Keyed by tick, because of some processes no more than the tick is ever known.
  readonly #entries = new Map<string, Ended>();

  get size(): number {
    return this.#entries.size;
  }

  add(entry: ProcessEntry, endedAtNs: bigint): void {
    const key = keyText(entry.pid, entry.startTime.ns);
    this.#entries.delete(key);
    this.#entries.set(key, { entry, endedAtNs });
    this.#dropOld(endedAtNs);
  }

  find(pid: number, startTimeNs: bigint): ProcessEntry | null {
    const ended = this.#entries.get(keyText(pid, startTimeNs));
    if (ended === undefined || !isStartedAt(ended.entry.startTime, startTimeNs)) return null;
    return ended.entry;
  }

  /** True when a process with a pid ended that started in a tick, the most /proc tells. */
  hasStartedIn(pid: number, ticks: bigint): boolean {
    return this.#entries.has(`${pid}:${ticks}`);
  }

  #dropOld(nowNs: bigint): void {
    for (const [key, { endedAtNs }] of this.#entries) {
      const isOld = nowNs - endedAtNs > contextLimits.endedProcessAgeMaxNs;
      if (!isOld && this.#entries.size <= contextLimits.endedProcessesMax) return;
      this.#entries.delete(key);
    }
  }
}

function keyText(pid: number, startTimeNs: bigint): string {
  return `${pid}:${nsToTicks(startTimeNs)}`;
}
