// SPDX-License-Identifier: Apache-2.0
// Who did it: every process of the host, kept up to date from the one ordered stream of records.
// A process is its pid and its start, never the pid alone. Records win over /proc, which is read
// at start-up and, within limits, when records about a process were missed.

import type { CgroupRecord, ExecRecord, ExitRecord, ForkRecord, ProcessFacts } from '@fimbul/probe';
import { type Cgroup, type CgroupCache, type CgroupKey, unknownCgroup } from './cgroup-cache.ts';
import { type Image, isSameImage } from './image.ts';
import { lineageAfterExec, lineageFromCreator } from './lineage.ts';
import { Placement } from './placement.ts';
import { type CompletionCounters, ProcCompletion } from './proc-completion.ts';
import type { ProcRead, ProcSource } from './proc-source.ts';
import { isImageKnown, type ProcessEntry } from './process-entry.ts';
import { factsOfProcess, mergeFacts } from './process-facts-merge.ts';
import { type ProcessSlot, ProcessTable } from './process-table.ts';

export type ProcessCacheCounters = CompletionCounters & {
  /** Processes believed alive, and ended ones kept for late records. */
  readonly live: number;
  readonly ended: number;
  /** Live processes dropped because there were too many. */
  readonly dropped: number;
  /** Live processes found gone from /proc without an exit record. */
  readonly vanished: number;
  /** Control groups remembered, and dropped because there were too many. */
  readonly cgroups: number;
  readonly cgroupsDropped: number;
  /** Lineages whose middle was dropped because they were too long. */
  readonly lineagesShortened: number;
};

export type ProcessCacheParts = {
  readonly proc: ProcSource;
  readonly cgroups: CgroupCache;
  readonly clock: { readonly nowMs: () => number };
  /** Hears of each control group that a record told of. */
  readonly tellCgroup?: (key: CgroupKey, group: Cgroup) => void;
};

export class ProcessCache {
  readonly #proc: ProcSource;
  readonly #cgroups: CgroupCache;
  readonly #nowMs: () => number;
  readonly #tellCgroup: (key: CgroupKey, group: Cgroup) => void;
  readonly #table = new ProcessTable();
  readonly #placement: Placement;
  readonly #completion: ProcCompletion;
  #lineagesShortened = 0;

  constructor({ proc, cgroups, clock, tellCgroup }: ProcessCacheParts) {
    this.#proc = proc;
    this.#cgroups = cgroups;
    this.#nowMs = clock.nowMs;
    this.#tellCgroup = tellCgroup ?? (() => undefined);
    this.#placement = new Placement(cgroups, proc.readHostNamespaces());
    this.#completion = new ProcCompletion({
      proc,
      table: this.#table,
      placement: this.#placement,
      nowMs: clock.nowMs,
    });
  }

  /** Takes note of a new process, and returns it. */
  applyFork(record: ForkRecord): ProcessEntry {
    this.#table.advance(record.timestampNs);
    const facts = factsOfProcess(record.process);
    const creator = this.#findCreator(record);
    const known = this.#table.findLive(facts.pid, facts.startTimeNs);
    if (known !== null) {
      adoptCreator(known, creator);
      return known.entry;
    }
    const lineage = lineageFromCreator(creator, 'record');
    if (lineage.nearest !== creator) this.#lineagesShortened += 1;
    const entry: ProcessEntry = {
      pid: facts.pid,
      startTime: { ns: facts.startTimeNs, isExact: true },
      facts,
      image: creator.image,
      isExec: false,
      lineage,
      ...this.#placement.locate(facts, creator),
      exit: null,
    };
    return this.#table.insert(entry).entry;
  }

  /** Takes note of what a process runs from now on, and returns it. */
  applyExec(record: ExecRecord): ProcessEntry {
    this.#table.advance(record.timestampNs);
    const slot = this.#findOrInsert(record.process);
    const { entry } = slot;
    const image = imageFromRecord(record);
    const lineage = isAlreadyRead(slot, record.timestampNs, image)
      ? entry.lineage
      : lineageAfterExec(entry);
    // An exec puts the image before it into the chain, a fork copy's is there already.
    if (lineage !== entry.lineage && lineage.nearest !== entry) this.#lineagesShortened += 1;
    const facts = mergeFacts(entry.facts, factsOfProcess(record.process));
    const comm = record.process.comm;
    slot.read = null;
    slot.entry = {
      ...entry,
      facts: facts.comm === comm ? facts : { ...facts, comm },
      image,
      isExec: true,
      lineage,
      ...this.#placement.locate(facts, entry),
    };
    if (!entry.isExec) this.#placement.learnExec(slot.entry, entry.facts);
    return slot.entry;
  }

  /** Takes note of the end of a process, and returns it as it was. */
  applyExit(record: ExitRecord): ProcessEntry {
    this.#table.advance(record.timestampNs);
    const slot = this.#findOrInsert(record.process);
    const exit = { status: record.status, timestampNs: record.timestampNs };
    slot.entry = { ...this.#refresh(slot, record.process), exit };
    this.#table.retire(slot);
    return slot.entry;
  }

  /** Takes note of the path of a control group. */
  applyCgroup(record: CgroupRecord): void {
    this.#table.advance(record.timestampNs);
    const { cgroupHierarchy: hierarchy, cgroupId: id } = record.process;
    const key = { hierarchy, id };
    this.#tellCgroup(key, this.#cgroups.set(key, record.path));
  }

  /** Returns the process that the header of a record names, as it is at that record. */
  resolve(facts: ProcessFacts): ProcessEntry {
    const live = this.#table.findLive(facts.pid, facts.startTimeNs);
    if (live === null) {
      const ended = this.#table.findEnded(facts.pid, facts.startTimeNs);
      if (ended !== null) return ended;
    }
    const slot = live ?? this.#completion.insertMissed(factsOfProcess(facts));
    const entry = this.#refresh(slot, facts);
    if (isImageKnown(entry) && entry.cgroup !== unknownCgroup) return entry;
    return this.#completion.complete(slot);
  }

  /** Finds a process that is known, without reading anything; null when it is not. */
  find(pid: number, startTimeNs: bigint): ProcessEntry | null {
    const slot = this.#table.findLive(pid, startTimeNs);
    return slot?.entry ?? this.#table.findEnded(pid, startTimeNs);
  }

  /** Gives every process believed alive, as it was last seen. */
  listLive(): Iterable<ProcessEntry> {
    return this.#table.listLive();
  }

  /** Adds a process that was read from /proc; false when records already told of it. */
  insertRead(read: ProcRead): boolean {
    return this.#completion.insertRead(read) !== null;
  }

  /**
   * Looks whether some of the live processes are still there, for exit records that were lost.
   * Called now and then with a small number, it goes round all of them.
   */
  dropVanished(checksMax: number): void {
    if (!this.#proc.showsAllProcesses()) return;
    this.#table.dropVanished(this.#proc, this.#nowMs(), checksMax);
  }

  readCounters(): ProcessCacheCounters {
    return {
      ...this.#table.readCounters(),
      ...this.#completion.readCounters(),
      cgroups: this.#cgroups.size,
      cgroupsDropped: this.#cgroups.dropped,
      lineagesShortened: this.#lineagesShortened,
    };
  }

  #findCreator(record: ForkRecord): ProcessEntry {
    return (
      this.find(record.creatorPid, record.creatorStartTimeNs) ??
      this.#completion.insertCreator(record).entry
    );
  }

  #findOrInsert(facts: ProcessFacts): ProcessSlot {
    const slot = this.#table.findLive(facts.pid, facts.startTimeNs);
    return slot ?? this.#completion.insertMissed(factsOfProcess(facts));
  }

  /** Brings an entry up to date with the header of a record. */
  #refresh(slot: ProcessSlot, seen: ProcessFacts): ProcessEntry {
    const { entry } = slot;
    const facts = mergeFacts(entry.facts, seen);
    if (facts === entry.facts && entry.cgroup !== unknownCgroup) return entry;
    const place = this.#placement.locate(facts, entry);
    if (facts === entry.facts && place.cgroup === entry.cgroup) return entry;
    slot.entry = { ...entry, facts, ...place };
    return slot.entry;
  }
}

/** A process read from /proc before its fork record came: only the creator is news. */
function adoptCreator(slot: ProcessSlot, creator: ProcessEntry): void {
  const { entry } = slot;
  if (entry.lineage.source === 'record' || entry.lineage.earlierImages > 0) return;
  slot.entry = {
    ...entry,
    image: isImageKnown(entry) ? entry.image : creator.image,
    lineage: lineageFromCreator(creator, 'record'),
  };
}

/** True when the image that /proc showed is the one of this exec, or of a later one. */
function isAlreadyRead({ entry, read }: ProcessSlot, timestampNs: bigint, image: Image): boolean {
  if (read === null) return false;
  if (timestampNs <= read.startNs) return true;
  return timestampNs <= read.endNs && isSameImage(entry.image, image);
}

function imageFromRecord(record: ExecRecord): Image {
  return {
    source: 'record',
    executable: record.file,
    script: record.script,
    argv: record.argv,
    argumentsTruncated: record.argumentsTruncated,
    terminal: record.terminal,
    startedAtNs: record.timestampNs,
  };
}
