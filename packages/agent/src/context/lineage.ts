// SPDX-License-Identifier: Apache-2.0
// Where a process comes from: a chain of entries, nearest first. An exec puts the image before it
// into the chain, a fork the creator. A fork copy that executes another program leaves no trace in
// its own chain: its image was the creator's, which is there already. Chains share their tails and
// have bounded length.

import { contextLimits } from './limits.ts';
import type { ProcessEntry } from './process-entry.ts';

/**
 * How the creator is known. `record`: a fork record told it; `parent`: it is assumed to be the
 * parent the kernel showed when we looked, which after an adoption it is not; `none`: unknown.
 */
export type CreatorSource = 'record' | 'parent' | 'none';

export type Lineage = {
  readonly nearest: ProcessEntry | null;
  readonly source: CreatorSource;
  /** Ancestors in the chain. */
  readonly length: number;
  /** How many of the nearest are earlier images of the same process. */
  readonly earlierImages: number;
  /** Ancestors dropped between this entry and `nearest`. */
  readonly omitted: number;
};

export const unknownLineage: Lineage = {
  nearest: null,
  source: 'none',
  length: 0,
  earlierImages: 0,
  omitted: 0,
};

/** The lineage of a process that nobody created: the first one, and the first kernel thread. */
export const rootLineage: Lineage = { ...unknownLineage, source: 'parent' };

/** The lineage of a process by its creator, as that was at the moment. */
export function lineageFromCreator(creator: ProcessEntry, source: CreatorSource): Lineage {
  const nearest =
    creator.lineage.length < contextLimits.ancestorsMax ? creator : shortenChain(creator);
  return { nearest, source, length: nearest.lineage.length + 1, earlierImages: 0, omitted: 0 };
}

/** The lineage of a process after an exec. */
export function lineageAfterExec(entry: ProcessEntry): Lineage {
  if (!entry.isExec) return entry.lineage;
  let nearest = entry;
  if (nearest.lineage.earlierImages >= contextLimits.earlierImagesMax - 1) {
    nearest = shortenImages(nearest);
  }
  if (nearest.lineage.length >= contextLimits.ancestorsMax) nearest = shortenChain(nearest);
  return {
    nearest,
    source: entry.lineage.source,
    length: nearest.lineage.length + 1,
    earlierImages: nearest.lineage.earlierImages + 1,
    omitted: 0,
  };
}

function shortenChain(nearest: ProcessEntry): ProcessEntry {
  const { ancestorsKeptNewest, ancestorsKeptOldest } = contextLimits;
  const length = nearest.lineage.length + 1;
  return dropMiddle(nearest, ancestorsKeptNewest, length - ancestorsKeptOldest);
}

function shortenImages(nearest: ProcessEntry): ProcessEntry {
  const { earlierImagesKeptNewest, earlierImagesKeptOldest } = contextLimits;
  const length = nearest.lineage.earlierImages + 1;
  return dropMiddle(nearest, earlierImagesKeptNewest, length - earlierImagesKeptOldest);
}

/** Copies the entries before `from` and continues the chain at `to`; the tail is shared. */
function dropMiddle(nearest: ProcessEntry, from: number, to: number): ProcessEntry {
  const head: ProcessEntry[] = [];
  let omitted = 0;
  let entry = nearest;
  for (let index = 0; index < to; index++) {
    if (index < from) head.push(entry);
    else omitted += 1 + entry.lineage.omitted;
    if (entry.lineage.nearest === null) throw new Error(`lineage ended at ${index} of ${to}`);
    entry = entry.lineage.nearest;
  }
  for (const copied of head.reverse()) {
    entry = { ...copied, lineage: relink(copied, entry, copied.lineage.omitted + omitted) };
    omitted = 0;
  }
  return entry;
}

function relink(copied: ProcessEntry, nearest: ProcessEntry, omitted: number): Lineage {
  const isSameProcess = nearest.startTime === copied.startTime;
  return {
    nearest,
    source: copied.lineage.source,
    length: nearest.lineage.length + 1,
    earlierImages: isSameProcess ? nearest.lineage.earlierImages + 1 : 0,
    omitted,
  };
}
