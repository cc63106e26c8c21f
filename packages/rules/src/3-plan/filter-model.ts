// SPDX-License-Identifier: Apache-2.0
// The kernel filter in TypeScript: what the programs in the kernel compute, step by step. Property
// tests compare it with the rules, and kernel tests compare the programs with it.

import {
  type AffixEdges,
  type FileOperation,
  type FilterValue,
  filterNameBytesMax,
  filterPathDepthMax,
  type KernelFilter,
  kernelLimits,
  type NameTable,
  type OperationFilter,
  type PathAutomaton,
  type PathEdges,
  type ProgramFilter,
  type ValueTable,
} from '@fimbul/schema';
import { findClass } from './value-classes.ts';

/** Names from the root down; the root directory is one empty name, as it is written. */
export type VisiblePath = readonly string[];

/** The names of a path as the kernel makes it; null for what is no such path. */
export function splitPath(path: string): VisiblePath | null {
  const [root, ...names] = path.split('/');
  if (root !== '' || names.length === 0) return null;
  return names.length > 1 && names.includes('') ? null : names;
}

/** Values that the kernel knows, as numbers of 32 bits without a sign. */
export type VisibleValues = Readonly<Partial<Record<FilterValue, number>>>;

const allLanes = (1n << 64n) - 1n;

/** What the kernel knows of a process. */
export type VisibleProcess = {
  /** The path of its program; null when that is not known, as of scripts. */
  readonly program: VisiblePath | null;
  /** Those of all ancestors; null where some may be missing. */
  readonly ancestors: readonly (VisiblePath | null)[] | null;
};

/** What the kernel sees of an event. */
export type VisibleEvent = {
  /** Bytes of the last component; null when only a string that the caller passed is known. */
  readonly sourceName: string | null;
  /** The same of the second file of a rename. */
  readonly destinationName: string | null;
  /** Null when the kernel does not know it to the root of the mount namespace. */
  readonly sourcePath: VisiblePath | null;
  readonly destinationPath: VisiblePath | null;
  readonly values: VisibleValues;
  readonly result: bigint;
  /** Absent when nothing is known of it. */
  readonly process?: VisibleProcess;
};

function lookUpName(table: NameTable, name: string | null, lanes: bigint): bigint {
  if (name === null) return lanes;
  if (name.length > filterNameBytesMax) return lanes & table.longNames;
  return lanes & (table.names.get(name) ?? table.otherNames);
}

/** Whether events with a result are sent at all. */
export function isResultSent(filter: Pick<OperationFilter, 'failures'>, result: bigint): boolean {
  return result >= 0n || filter.failures === 'all' || result === -1n || result === -13n;
}

function findLongest(
  numbers: ReadonlyMap<string, number>,
  isPart: (text: string) => boolean,
): number {
  let longest = '';
  for (const text of numbers.keys()) {
    if (text.length > longest.length && isPart(text)) longest = text;
  }
  return numbers.get(longest) ?? 0;
}

function followAffixes(affixes: AffixEdges, name: string, other: number): number {
  const prefix = findLongest(affixes.prefixes, (text) => name.startsWith(text));
  const suffix = findLongest(affixes.suffixes, (text) => name.endsWith(text));
  return affixes.targets.get(prefix * 65_536 + suffix) ?? other;
}

function follow({ exact, affixes, other, long }: PathEdges, name: string): number {
  if (name.length > filterNameBytesMax) return long;
  const target = exact.get(name);
  if (target !== undefined) return target;
  return affixes === null ? other : followAffixes(affixes, name, other);
}

type PathStage = {
  readonly path: VisiblePath | null;
  readonly row: number;
  /** Lanes that no path of this file rules out. */
  readonly any: bigint;
};

/** Lanes that are about another file than this one stay. */
function lookUpPath(automaton: PathAutomaton, stage: PathStage, lanes: bigint): bigint {
  const bound = lanes & ~stage.any;
  return (lanes & stage.any) | (bound === 0n ? 0n : followPath(automaton, stage, bound));
}

/** Whether the kernel follows a path: a record keeps the end of one that is longer. */
function isFollowed(path: VisiblePath): boolean {
  if (path.length === 0 || path.length > filterPathDepthMax) return false;
  const bytes = path.reduce((sum, name) => sum + name.length + 1, 0);
  return bytes <= kernelLimits.PATH_BYTES_MAX;
}

function followPath(automaton: PathAutomaton, { path, row }: PathStage, lanes: bigint): bigint {
  if (path === null || !isFollowed(path)) return lanes;
  const maskOf = (number: number): bigint => automaton.classes[number]?.[row] ?? 0n;
  let state = automaton.states[0];
  for (const name of path.slice(0, -1)) {
    state = state && automaton.states[follow(state.inner, name)];
    if (state === undefined) throw new Error('the automaton leads nowhere');
    if ((lanes & maskOf(state.alive)) === 0n) return 0n;
  }
  const last = path.at(-1);
  if (state === undefined || last === undefined) throw new Error('the automaton has no states');
  return lanes & maskOf(follow(state.final, last));
}

function lookUpValue({ classes, masks }: ValueTable, values: VisibleValues): bigint {
  const value = values[classes.value];
  return value === undefined ? allLanes : (masks[findClass(classes, value)] ?? 0n);
}

/** The class of the path of a program, as its number; null when the kernel cannot know it. */
export function classifyProgram({ paths }: ProgramFilter, path: VisiblePath | null): number | null {
  if (path === null || !isFollowed(path)) return null;
  let state = paths.states[0];
  for (const name of path.slice(0, -1)) state = state && paths.states[follow(state.inner, name)];
  const last = path.at(-1);
  if (state === undefined || last === undefined) throw new Error('the automaton leads nowhere');
  return follow(state.final, last);
}

/** Bits of the atoms that may hold of a program, and of those that hold for certain. */
export type ProgramAtoms = { readonly may: number; readonly must: number };

const anyAtoms: ProgramAtoms = { may: 0xffff_ffff, must: 0 };

function toAtoms(mask: bigint): number {
  return Number(BigInt.asUintN(32, mask));
}

/** The atoms of a class of programs; null stands for one that is not known. */
export function getProgramAtoms(
  { paths, atomRow, noAtomRow }: ProgramFilter,
  programClass: number | null,
): ProgramAtoms {
  const masks = programClass === null ? undefined : paths.classes[programClass];
  if (masks === undefined) return anyAtoms;
  return { may: toAtoms(masks[atomRow] ?? 0n), must: toAtoms(~(masks[noAtomRow] ?? 0n)) };
}

function uniteAtoms(left: ProgramAtoms, right: ProgramAtoms): ProgramAtoms {
  return { may: (left.may | right.may) >>> 0, must: (left.must | right.must) >>> 0 };
}

/** What holds of some ancestor, of all of them; null where some may be missing. */
export function uniteLineage(atoms: readonly ProgramAtoms[] | null): ProgramAtoms {
  return atoms === null ? anyAtoms : atoms.reduce(uniteAtoms, { may: 0, must: 0 });
}

/** The last stage: most events are nobody's before. */
function lookUpProcess(
  { programs }: KernelFilter,
  filter: OperationFilter,
  process: VisibleProcess | undefined,
  lanes: bigint,
): bigint {
  if ((lanes & filter.anyProcess) !== 0n || programs === null || process === undefined) {
    return lanes;
  }
  const programClass = classifyProgram(programs, process.program);
  const { program, ancestors } = process;
  const atomsOf = (path: VisiblePath | null): ProgramAtoms =>
    getProgramAtoms(programs, classifyProgram(programs, path));
  const { may, must } = uniteLineage(ancestors?.map(atomsOf) ?? null);
  const lineage = { lineage_may: may, lineage_must: must };
  let left = lanes;
  if (program !== null && programClass !== null) {
    left &= programs.paths.classes[programClass]?.[filter.programRow] ?? 0n;
  }
  for (const table of filter.values) {
    if (isOfLineage(table)) left &= lookUpValue(table, lineage);
  }
  return left;
}

function isOfLineage({ classes: { value } }: ValueTable): boolean {
  return value === 'lineage_may' || value === 'lineage_must';
}

/** Returns the lanes that an event keeps; 0n when the kernel drops it. */
export function filterEvent(
  kernel: KernelFilter,
  operation: FileOperation,
  event: VisibleEvent,
): bigint {
  const filter = kernel.operations.find((candidate) => candidate.operation === operation);
  if (filter === undefined || !isResultSent(filter, event.result)) return 0n;
  let lanes = lookUpName(filter.source, event.sourceName, filter.lanes);
  if (filter.destination) lanes = lookUpName(filter.destination, event.destinationName, lanes);
  const values = { ...event.values, result: Number(BigInt.asUintN(32, event.result)) };
  for (const table of filter.values) lanes &= lookUpValue(table, values);
  lanes = lookUpPaths(kernel.paths, filter, event, lanes);
  return lookUpProcess(kernel, filter, event.process, lanes);
}

function lookUpPaths(
  paths: PathAutomaton,
  filter: OperationFilter,
  event: VisibleEvent,
  lanes: bigint,
): bigint {
  const { sourceRow, destinationRow, anySourcePath, anyDestinationPath } = filter;
  const source = { path: event.sourcePath, row: sourceRow, any: anySourcePath };
  const destination = { path: event.destinationPath, row: destinationRow, any: anyDestinationPath };
  return lookUpPath(paths, destination, lookUpPath(paths, source, lanes));
}
