// SPDX-License-Identifier: Apache-2.0
// From lanes to the tables that the kernel reads: value → lanes that the value does not rule out.

import type { FileOperation, KernelFilter, NameTable, OperationFilter } from '@fimbul/schema';
import { resultClasses } from './box.ts';
import { asksProcess, buildPrograms } from './build-programs.ts';
import type { Lane } from './lanes.ts';
import type { LineageAtoms } from './lineage-atoms.ts';
import { hasName, type NameSet } from './name-set.ts';
import { buildPathAutomaton } from './path-automaton.ts';
import type { PathRow } from './path-classes.ts';
import { allPaths } from './path-formula.ts';
import type { TrackedValues } from './tracked-values.ts';
import { buildValueTables } from './value-tables.ts';

function collectLanes(lanes: readonly Lane[], allows: (lane: Lane) => boolean): bigint {
  return lanes.reduce((mask, lane, bit) => (allows(lane) ? mask | (1n << BigInt(bit)) : mask), 0n);
}

function buildNameTable(lanes: readonly Lane[], pick: (lane: Lane) => NameSet): NameTable {
  const mentioned = new Set(lanes.flatMap((lane) => [...pick(lane).names]));
  const names = new Map<string, bigint>();
  for (const name of mentioned) {
    names.set(
      name,
      collectLanes(lanes, (lane) => hasName(pick(lane), name)),
    );
  }
  return {
    names,
    otherNames: collectLanes(lanes, (lane) => pick(lane).kind === 'except'),
    longNames: collectLanes(lanes, (lane) => pick(lane).long),
  };
}

/** What is known of an operation when its tables are built. */
export type PlannedOperation = {
  readonly operation: FileOperation;
  readonly lanes: readonly Lane[];
  readonly tracked: TrackedValues;
};

/** Rows of the files of all operations, in the order of the operations. */
function listRows(planned: readonly PlannedOperation[]): readonly PathRow[] {
  return planned.flatMap(({ operation, lanes }) => {
    const sources = lanes.map(({ box }) => box.sourcePath);
    const destinations = lanes.map(({ box }) => box.destinationPath);
    return operation === 'rename' ? [sources, destinations] : [sources];
  });
}

/** Builds the tables of all operations, and the automaton that they share. */
export function buildFilter(
  planned: readonly PlannedOperation[],
  lineage: LineageAtoms,
): {
  readonly filter: KernelFilter;
  /** How often path patterns had to be relaxed. */
  readonly relaxed: number;
} {
  const { automaton: paths, relaxed } = buildPathAutomaton(listRows(planned));
  let row = 0;
  const operations = planned.map((own, programRow) => {
    const filter = buildOperation(own, row, programRow);
    row += own.operation === 'rename' ? 2 : 1;
    return filter;
  });
  return { filter: { operations, paths, programs: buildPrograms(planned, lineage) }, relaxed };
}

function buildOperation(
  { operation, lanes, tracked }: PlannedOperation,
  sourceRow: number,
  programRow: number,
): OperationFilter {
  const wantsFailures = lanes.some((lane) => (lane.box.results & resultClasses.other) !== 0);
  return {
    operation,
    lanes: collectLanes(lanes, () => true),
    source: buildNameTable(lanes, (lane) => lane.box.source),
    destination:
      operation === 'rename' ? buildNameTable(lanes, (lane) => lane.box.destination) : null,
    values: buildValueTables(lanes, tracked),
    sourceRow,
    destinationRow: operation === 'rename' ? sourceRow + 1 : sourceRow,
    anySourcePath: collectLanes(lanes, (lane) => lane.box.sourcePath === allPaths),
    anyDestinationPath: collectLanes(lanes, (lane) => lane.box.destinationPath === allPaths),
    failures: wantsFailures ? 'all' : 'permission',
    programRow,
    anyProcess: collectLanes(lanes, ({ box }) => !asksProcess(box, tracked)),
  };
}
