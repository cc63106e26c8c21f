// SPDX-License-Identifier: Apache-2.0
// What rules ask of programs, as an automaton over their paths: of the one that the process of an
// event runs, lanes of each operation; of those of its ancestors, atoms.

import { lineageAtomsMax, type ProgramFilter } from '@fimbul/schema';
import type { Box } from './box.ts';
import type { PlannedOperation } from './build-filter.ts';
import type { LineageAtoms } from './lineage-atoms.ts';
import { buildPathAutomaton } from './path-automaton.ts';
import { allPaths } from './path-formula.ts';
import { lineageValues, type TrackedValues } from './tracked-values.ts';

/** They share the tables of the kernel with the automaton of files, which needs more. */
const limits = {
  statesMax: 4000,
  edgesMax: 20_000,
  affixesMax: 4000,
  classesMax: 1000,
  workMax: 500_000,
} as const;

/** Whether a lane depends on who does it. */
export function asksProcess({ program, values }: Box, { classes, full }: TrackedValues): boolean {
  return (
    program !== allPaths ||
    classes.some(
      ({ value }, table) => lineageValues.has(value) && values[table] !== full.values[table],
    )
  );
}

/** Null where no lane depends on programs. The row of an operation is its position. */
export function buildPrograms(
  planned: readonly PlannedOperation[],
  lineage: LineageAtoms,
): ProgramFilter | null {
  const isAsked = planned.some(({ lanes, tracked }) =>
    lanes.some(({ box }) => asksProcess(box, tracked)),
  );
  if (!isAsked) return null;
  const atoms = lineage.listFormulas();
  const rows = [
    ...planned.map(({ lanes }) => lanes.map(({ box }) => box.program)),
    [allPaths],
    atoms.map(({ is }) => is),
    // What is no atom is certain of nothing.
    Array.from({ length: lineageAtomsMax }, (_, atom) => atoms[atom]?.isNot ?? allPaths),
  ];
  const { automaton: paths } = buildPathAutomaton(rows, limits);
  const everyRow = planned.length;
  return { paths, everyRow, atomRow: everyRow + 1, noAtomRow: everyRow + 2 };
}
