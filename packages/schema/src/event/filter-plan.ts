// SPDX-License-Identifier: Apache-2.0
// The kernel filter, as the rule compiler plans it and the probe installs it.
// A lane is one conjunction of one rule: one bit of a 64-bit mask. The kernel starts with all lanes
// of the operation, ANDs the mask that each table gives for the event's values, and drops the event
// when none is left. A table only ever clears lanes that the value rules out for certain.

import type { FilterValue } from './filter-values.ts';
import type { FileOperation } from './operations.ts';

/** At most this many lanes an operation; further conjunctions share the last one. */
export const laneCountMax = 64;

/** Bytes of a name that the kernel compares; longer names get `NameTable.longNames`. */
export const filterNameBytesMax = 59;

/** At most this many bits of a value are in one table, which has two to this power masks. */
export const filterValueBitsMax = 10;

/** At most this many bounds of a value are in one table. */
export const filterValueBoundsMax = 15;

/** At most this many tables are about one value. */
export const filterTablesPerValueMax = 4;

/** Exact last components of one file of an operation. */
export type NameTable = {
  /** Name (its bytes, as a byte string) → lanes that this name does not rule out. */
  readonly names: ReadonlyMap<string, bigint>;
  /** Lanes left for any name that is not in `names`. */
  readonly otherNames: bigint;
  /** Lanes left for a name longer than `filterNameBytesMax`. */
  readonly longNames: bigint;
};

/** How a table tells values apart. */
export type ValueClasses =
  /** By bit positions: the first one is the lowest bit of the number of the class. */
  | { readonly kind: 'bits'; readonly value: FilterValue; readonly bits: readonly number[] }
  /** By the last number of every class but the last one, ascending. Numbers have no sign. */
  | { readonly kind: 'bounds'; readonly value: FilterValue; readonly lasts: readonly number[] };

/** An exact decision on some bits of a value, or on bounds of it. */
export type ValueTable = {
  readonly classes: ValueClasses;
  /** By the number of the class: lanes that its values do not rule out. */
  readonly masks: readonly bigint[];
};

export type OperationFilter = {
  readonly operation: FileOperation;
  /** All lanes in use; 0n means that no rule needs the operation and every event is dropped. */
  readonly lanes: bigint;
  readonly source: NameTable;
  /** Only rename has a second file. */
  readonly destination: NameTable | null;
  /** Tables of one value are next to each other. A value that is not known rules out nothing. */
  readonly values: readonly ValueTable[];
  /** Rows of the operation's files in the path classes. */
  readonly sourceRow: number;
  readonly destinationRow: number;
  /**
   * Lanes that no path of the first or of the second file rules out. Operations with one file have
   * all lanes in the second.
   */
  readonly anySourcePath: bigint;
  readonly anyDestinationPath: bigint;
  /** Which failed calls are wanted: `permission` is EACCES and EPERM alone. */
  readonly failures: 'permission' | 'all';
  /** Row of the operation in the classes of programs. */
  readonly programRow: number;
  /**
   * Lanes that no program and no ancestor rules out. With one left, the kernel need not look at the
   * process.
   */
  readonly anyProcess: bigint;
};

/** At most this many questions about the programs of ancestors are asked by all rules. */
export const lineageAtomsMax = 32;

/** At most this many files of operations have a row in `PathClass`. */
export const filterPathRowsMax = 32;

/** Lanes by row: those of the row's operation that a path (or any path below) does not rule out. */
export type PathClass = readonly bigint[];

/**
 * What a state does with a component that has no edge of its own but may match patterns with a `*`
 * inside: the longest entry of `prefixes` that the component starts with and the longest entry of
 * `suffixes` that it ends with select the target; 0 stands for no entry.
 */
export type AffixEdges = {
  /** Prefix → number from 1. Never empty strings, none longer than `filterNameBytesMax`. */
  readonly prefixes: ReadonlyMap<string, number>;
  /** Suffix → number from 1. */
  readonly suffixes: ReadonlyMap<string, number>;
  /** `prefix number * 65536 + suffix number` → target. What is missing goes to `other`. */
  readonly targets: ReadonlyMap<number, number>;
};

/** Where the components of a path lead to from a state. */
export type PathEdges = {
  /** Components of at most `filterNameBytesMax` bytes, as byte strings. */
  readonly exact: ReadonlyMap<string, number>;
  readonly affixes: AffixEdges | null;
  /** The target of all other components. */
  readonly other: number;
  /** The target of components that are longer than `filterNameBytesMax`. */
  readonly long: number;
};

export type PathState = {
  /** Components that have others below them; targets are states. */
  readonly inner: PathEdges;
  /** The last component of a path; targets are classes. */
  readonly final: PathEdges;
  /** The class of lanes that some path from here on does not rule out. */
  readonly alive: number;
};

/**
 * All path predicates of all operations as one automaton over components, from the root of the
 * mount namespace down to the file. The root directory itself is one component without bytes. Paths
 * that are not known to the root, those with more than `filterPathDepthMax` components, and those
 * that a record does not keep whole rule out nothing.
 */
export type PathAutomaton = {
  /** The first one is where paths begin. */
  readonly states: readonly PathState[];
  readonly classes: readonly PathClass[];
};

/** Components of a path that the kernel looks at. */
export const filterPathDepthMax = 64;

/**
 * What rules ask of programs: of the one that a process runs, a class of an automaton over its
 * path; of those of its ancestors, atoms. An atom is a set of paths that a predicate on ancestors
 * lists: one bit. The kernel keeps for each process the class of its program, which atoms may hold
 * of one of its ancestors, and which ones hold of one for certain; the tables of the values
 * `lineage_may` and `lineage_must` decide on these bits.
 */
export type ProgramFilter = {
  /** Rows are those of the operations (`programRow`) and the ones below. */
  readonly paths: PathAutomaton;
  /** In this row every class has a bit: so the kernel follows a path to its end. */
  readonly everyRow: number;
  /** Bits of the atoms that may hold of a program. */
  readonly atomRow: number;
  /** Bits of the atoms that may not hold of it; those that are missing hold for certain. */
  readonly noAtomRow: number;
};

/** Everything that the kernel is told about the rules. */
export type KernelFilter = {
  /** An operation that is missing drops every event. */
  readonly operations: readonly OperationFilter[];
  readonly paths: PathAutomaton;
  /** Null where no rule asks for the program of a process or of its ancestors. */
  readonly programs: ProgramFilter | null;
};
