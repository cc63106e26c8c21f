// SPDX-License-Identifier: Apache-2.0
// Processes that records did not explain: what their header tells, completed from /proc as far as
// limits allow and the process still lives. A read is believed only when the start agrees.

import type { ForkRecord, ProcessFacts } from '@fimbul/probe';
import { unknownImage } from './image.ts';
import { contextLimits } from './limits.ts';
import { type Lineage, lineageFromCreator, rootLineage, unknownLineage } from './lineage.ts';
import type { Placement } from './placement.ts';
import { factsFromProc, imageFromProc, nsToTicks, ticksToNs } from './proc-entry.ts';
import { ProcGate } from './proc-gate.ts';
import type { ProcRead, ProcSource } from './proc-source.ts';
import { isComplete, isImageKnown, type ProcessEntry } from './process-entry.ts';
import type { ProcessSlot, ProcessTable } from './process-table.ts';

export type CompletionCounters = {
  readonly misses: number;
  readonly creatorMisses: number;
  readonly procReads: number;
  readonly procHits: number;
  readonly procRefused: number;
  readonly incomplete: number;
};

export type CompletionParts = {
  readonly proc: ProcSource;
  readonly table: ProcessTable;
  readonly placement: Placement;
  readonly nowMs: () => number;
};

export class ProcCompletion {
  readonly #proc: ProcSource;
  readonly #table: ProcessTable;
  readonly #placement: Placement;
  readonly #gate: ProcGate;
  readonly #counts = { misses: 0, creatorMisses: 0, procReads: 0, procHits: 0, incomplete: 0 };

  constructor({ proc, table, placement, nowMs }: CompletionParts) {
    this.#proc = proc;
    this.#table = table;
    this.#placement = placement;
    this.#gate = new ProcGate(nowMs);
  }

  /** Adds a process that only the header of a record tells of. */
  insertMissed(facts: ProcessFacts): ProcessSlot {
    this.#counts.misses += 1;
    const lineage = this.#lineageFromParent(facts.ppid, facts.startTimeNs, 0);
    return this.#table.insert({
      pid: facts.pid,
      startTime: { ns: facts.startTimeNs, isExact: true },
      facts,
      image: unknownImage,
      isExec: false,
      lineage,
      ...this.#placement.locate(facts, lineage.nearest),
      exit: null,
    });
  }

  /** Adds a creator that only the fork record of its child tells of. */
  insertCreator({ process: child, creatorPid, creatorStartTimeNs }: ForkRecord): ProcessSlot {
    this.#counts.creatorMisses += 1;
    // At the moment of fork both are alike in all but identity.
    const facts: ProcessFacts = {
      ...child,
      pid: creatorPid,
      tid: creatorPid,
      ppid: 0,
      startTimeNs: creatorStartTimeNs,
    };
    const slot = this.#table.insert({
      pid: creatorPid,
      startTime: { ns: creatorStartTimeNs, isExact: true },
      facts,
      image: unknownImage,
      isExec: false,
      lineage: unknownLineage,
      ...this.#placement.locate(facts, null),
      exit: null,
    });
    this.complete(slot);
    return slot;
  }

  /** Adds a process that was read from /proc, unless it is known by then. */
  insertRead({ process, window }: ProcRead, depth = 0): ProcessSlot | null {
    if (this.#table.knows(process.pid, process.startTicks)) return null;
    const startNs = ticksToNs(process.startTicks);
    const facts = factsFromProc(process);
    const lineage = this.#lineageFromParent(facts.ppid, startNs, depth);
    // Parents that were not known were read meanwhile; in a circle of them, so was this process.
    if (this.#table.knows(process.pid, process.startTicks)) return null;
    const slot = this.#table.insert({
      pid: process.pid,
      startTime: { ns: startNs, isExact: false },
      facts,
      image: imageFromProc(process),
      isExec: !process.isForkCopy && !process.isKernelThread,
      lineage,
      ...this.#placement.locateRead(facts, lineage.nearest, process.cgroup),
      exit: null,
    });
    slot.read = window;
    const parent = lineage.nearest;
    if (parent !== null && slot.entry.isExec) this.#placement.learnExec(slot.entry, parent.facts);
    return slot;
  }

  /** Asks /proc for what is unknown of a process, if it was not asked lately. */
  complete(slot: ProcessSlot): ProcessEntry {
    if (!this.#gate.isDue(slot.procAttemptMs)) return slot.entry;
    slot.procAttemptMs = this.#gate.pass();
    if (slot.procAttemptMs !== null) this.#readInto(slot);
    if (!slot.isCountedIncomplete && !isComplete(slot.entry)) {
      slot.isCountedIncomplete = true;
      this.#counts.incomplete += 1;
    }
    return slot.entry;
  }

  #readInto(slot: ProcessSlot): void {
    const { entry } = slot;
    const found = this.#read(entry.pid);
    if (found === null || found.process.startTicks !== nsToTicks(entry.startTime.ns)) return;
    const { process } = found;
    const isLineageKnown = entry.lineage.source !== 'none';
    const facts = isLineageKnown ? entry.facts : { ...entry.facts, ppid: process.ppid };
    const lineage = isLineageKnown
      ? entry.lineage
      : this.#lineageFromParent(process.ppid, entry.startTime.ns, 0);
    const place = this.#placement.locateRead(facts, entry, process.cgroup);
    slot.entry = { ...entry, facts, lineage, ...place };
    if (isImageKnown(entry)) return;
    slot.read = found.window;
    slot.entry = {
      ...slot.entry,
      image: imageFromProc(process),
      isExec: !process.isForkCopy && !process.isKernelThread,
    };
  }

  #lineageFromParent(ppid: number, childStartNs: bigint, depth: number): Lineage {
    if (ppid === 0) return rootLineage;
    const childTicks = nsToTicks(childStartNs);
    const known = this.#table.findByPid(ppid);
    if (known !== null) {
      // A pid that started after its child belongs to another process by now.
      const isOlder = nsToTicks(known.entry.startTime.ns) <= childTicks;
      return isOlder ? lineageFromCreator(known.entry, 'parent') : unknownLineage;
    }
    if (depth >= contextLimits.procParentsMax || this.#gate.pass() === null) return unknownLineage;
    const found = this.#read(ppid);
    if (found === null || found.process.startTicks > childTicks) return unknownLineage;
    const parent = this.insertRead(found, depth + 1);
    return parent === null ? unknownLineage : lineageFromCreator(parent.entry, 'parent');
  }

  #read(pid: number): ProcRead | null {
    this.#counts.procReads += 1;
    if (!this.#proc.showsAllProcesses()) return null;
    const read = this.#proc.readProcess(pid);
    if (read === null || read.process.isZombie) return null;
    this.#counts.procHits += 1;
    return read;
  }

  readCounters(): CompletionCounters {
    return { ...this.#counts, procRefused: this.#gate.refused };
  }
}
