// SPDX-License-Identifier: Apache-2.0
// Whether a process known by its start is the one a record names. A record has the exact start;
// /proc only the tick, which the first record about the process makes exact.

import { nsToTicks } from './proc-entry.ts';
import type { StartTime } from './process-entry.ts';

/** True when a process with this start can be the one that started at `ns`. */
export function isStartedAt(start: StartTime, ns: bigint): boolean {
  return start.isExact ? start.ns === ns : nsToTicks(start.ns) === nsToTicks(ns);
}

/** Takes over the exact start from a record that `isStartedAt` accepted. */
export function learnStart(start: StartTime, ns: bigint): void {
  if (start.isExact) return;
  start.ns = ns;
  start.isExact = true;
}
