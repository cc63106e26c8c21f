// SPDX-License-Identifier: Apache-2.0
// The processes believed alive, by pid, and those that ended lately. At most one live process has a
// pid: a newer one moves the older to the ended, whether or not an exit record came.

import { EndedProcesses } from './ended-processes.ts';
import { contextLimits } from './limits.ts';
import { nsToTicks } from './proc-entry.ts';
import type { ProcSource, ReadWindow } from './proc-source.ts';
import type { ProcessEntry } from './process-entry.ts';
import { isStartedAt, learnStart } from './start-time.ts';

/** A live process: its newest entry, and what the cache must remember beside it. */
export type ProcessSlot = {
  entry: ProcessEntry;
  /** Null once a record told what the process runs: until then the stream may be behind /proc. */
  read: ReadWindow | null;
  procAttemptMs: number | null;
  isCountedIncomplete: boolean;
  /** When /proc was first seen without the process; null while it is there. */
  vanishedMs: number | null;
};

export class ProcessTable {
  readonly #live = new Map<number, ProcessSlot>();
  readonly #ended = new EndedProcesses();
  #round: Iterator<ProcessSlot> | null = null;
  #latestNs = 0n;
  #dropped = 0;
  #vanished = 0;

  /** Moves the clock of records on; they come nearly, not strictly, in order of time. */
  advance(timestampNs: bigint): void {
    if (timestampNs > this.#latestNs) this.#latestNs = timestampNs;
  }

  /** Finds a live process, and makes its start exact. */
  findLive(pid: number, startTimeNs: bigint): ProcessSlot | null {
    const slot = this.#live.get(pid);
    if (slot === undefined || !isStartedAt(slot.entry.startTime, startTimeNs)) return null;
    learnStart(slot.entry.startTime, startTimeNs);
    return slot;
  }

  /** Finds the live process with a pid, whenever it started. */
  findByPid(pid: number): ProcessSlot | null {
    return this.#live.get(pid) ?? null;
  }

  /** Gives the newest entry of every process believed alive. */
  *listLive(): Generator<ProcessEntry> {
    for (const { entry } of this.#live.values()) yield entry;
  }

  findEnded(pid: number, startTimeNs: bigint): ProcessEntry | null {
    return this.#ended.find(pid, startTimeNs);
  }

  /** True when a process that /proc showed is live, or was said to have ended. */
  knows(pid: number, startTicks: bigint): boolean {
    return this.#live.has(pid) || this.#ended.hasStartedIn(pid, startTicks);
  }

  /** Adds a process, which becomes the live one of its pid unless a newer one is known. */
  insert(entry: ProcessEntry): ProcessSlot {
    const slot: ProcessSlot = {
      entry,
      read: null,
      procAttemptMs: null,
      isCountedIncomplete: false,
      vanishedMs: null,
    };
    const other = this.#live.get(entry.pid);
    if (other !== undefined) {
      if (other.entry.startTime.ns > entry.startTime.ns) {
        this.#ended.add(entry, this.#latestNs);
        return slot;
      }
      this.retire(other);
    }
    this.#live.set(entry.pid, slot);
    if (this.#live.size > contextLimits.processesMax) this.#dropFirst();
    return slot;
  }

  /** Moves a process to the ended. */
  retire(slot: ProcessSlot): void {
    if (this.#live.get(slot.entry.pid) === slot) this.#live.delete(slot.entry.pid);
    this.#ended.add(slot.entry, this.#latestNs);
  }

  /** Checks some of the live processes against /proc; calls go round all of them. */
  dropVanished(proc: ProcSource, nowMs: number, checksMax: number): void {
    for (let checks = 0; checks < checksMax; checks++) {
      this.#round ??= this.#live.values();
      const next = this.#round.next();
      if (next.done === true) {
        this.#round = null;
        return;
      }
      this.#checkVanished(next.value, proc, nowMs);
    }
  }

  #checkVanished(slot: ProcessSlot, proc: ProcSource, nowMs: number): void {
    const { pid, startTime } = slot.entry;
    if (proc.readStartTicks(pid) === nsToTicks(startTime.ns)) {
      slot.vanishedMs = null;
      return;
    }
    // Its exit record may still be on the way, with others before it that need the entry.
    slot.vanishedMs ??= nowMs;
    if (nowMs - slot.vanishedMs < contextLimits.vanishedGraceMs) return;
    this.#vanished += 1;
    this.retire(slot);
  }

  #dropFirst(): void {
    for (const slot of this.#live.values()) {
      this.#dropped += 1;
      this.retire(slot);
      return;
    }
  }

  readCounters(): { live: number; ended: number; dropped: number; vanished: number } {
    return {
      live: this.#live.size,
      ended: this.#ended.size,
      dropped: this.#dropped,
      vanished: this.#vanished,
    };
  }
}
