// SPDX-License-Identifier: Apache-2.0
// Tells the kernel filter of processes that it did not see: those from before it, and all of them
// when other rules serve, which ask other questions. What it is told is what rules would read; what
// they might yet come to read otherwise is told as not known.

import type { Probe, ToldProcess } from '@fimbul/probe';
import {
  classifyProgram,
  getProgramAtoms,
  type ProgramAtoms,
  splitPath,
  uniteLineage,
} from '@fimbul/rules/run';
import type { ProgramFilter } from '@fimbul/schema';
import { getProgramFile, type Image } from './image.ts';
import { isImageKnown, listAncestors, type ProcessEntry } from './process-entry.ts';

/** What a program is to the rules; the class is null where the kernel could not know it. */
type Program = { readonly programClass: number | null; readonly atoms: ProgramAtoms };

/** Most processes and their ancestors run the same few programs. */
class Programs {
  readonly #filter: ProgramFilter;
  readonly #known = new Map<string, Program>();

  constructor(filter: ProgramFilter) {
    this.#filter = filter;
  }

  find(image: Image): Program {
    const path = getProgramFile(image)?.path ?? '';
    let program = this.#known.get(path);
    if (program === undefined) {
      const programClass = classifyProgram(this.#filter, splitPath(path));
      program = { programClass, atoms: getProgramAtoms(this.#filter, programClass) };
      this.#known.set(path, program);
    }
    return program;
  }
}

type Lineage = Pick<ToldProcess, 'lineageMay' | 'lineageMust' | 'ancestors'>;

function describeLineage(entry: ProcessEntry, programs: Programs): Lineage {
  const ancestors = listAncestors(entry);
  const isWhole =
    [entry, ...ancestors].every(({ lineage: { source, omitted } }) => {
      return source !== 'none' && omitted === 0;
    }) && ancestors.every(isImageKnown);
  const atoms = isWhole ? ancestors.map(({ image }) => programs.find(image).atoms) : null;
  const { may, must } = uniteLineage(atoms);
  return { lineageMay: may, lineageMust: must, ancestors: atoms && ancestors.length };
}

/** Null where nothing is known that could be told. */
function describeProcess(entry: ProcessEntry, programs: Programs): ToldProcess | null {
  const { pid, startTime, image, isExec, facts, exit, lineage } = entry;
  if (facts.isKernelThread || image.source === 'none' || exit !== null) return null;
  return {
    pid,
    startTimeNs: startTime.ns,
    // An exec that the kernel saw is told by the time of its record.
    imageNs: image.source === 'record' ? image.startedAtNs : 0n,
    isExec,
    programClass: programs.find(image).programClass,
    ...describeLineage(entry, programs),
    earlierImages: lineage.earlierImages,
  };
}

export type ToldReport = {
  readonly told: number;
  /** Processes that there was no room for in the kernel: it knows nothing of them. */
  readonly untold: number;
};

/** Tells the filter that serves of all processes, unless its rules do not ask. */
export function tellProcesses(
  processes: Iterable<ProcessEntry>,
  probe: Pick<Probe, 'programFilter' | 'tellProcess'>,
): ToldReport {
  const filter = probe.programFilter;
  if (filter === null) return { told: 0, untold: 0 };
  const programs = new Programs(filter);
  let told = 0;
  let untold = 0;
  for (const entry of processes) {
    const process = describeProcess(entry, programs);
    if (process === null) continue;
    if (untold === 0 && probe.tellProcess(process)) told += 1;
    else untold += 1;
  }
  return { told, untold };
}
