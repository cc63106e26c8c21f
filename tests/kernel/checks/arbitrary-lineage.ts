// SPDX-License-Identifier: Apache-2.0
// Generated families of processes, which become other programs and touch files in between, and
// generated questions about what they and their ancestors run.

import { passEverything } from '@fimbul/probe';
import {
  type FilterValue,
  filterPathRowsMax,
  type KernelFilter,
  type PathAutomaton,
  type PathClass,
  type ValueTable,
} from '@fimbul/schema';
import fc from 'fast-check';
import { arbitraryAutomaton, placeBelow } from './arbitrary-filter.ts';
import { allLanes, arbitraryLanes } from './arbitrary-lanes.ts';

/** Where copies of the program stand, and scripts that it interprets. */
export const programPaths = ['A/B', 'A/b', 'B', 'etc/A', 'etc/.ssh/AB', `${'X'.repeat(60)}/B`];
export const scriptPaths = ['A/script', 'B.sh'];
/** There for calls to touch. */
export const touchedFile = 'touched';

const everyRow = 5;
const atomRow = 6;
const noAtomRow = 7;
/** Not next to each other, and the first and the last one among them. */
const atomBits = [0, 1, 2, 3, 5, 8, 13, 21, 30, 31];

type Words = readonly string[];

const touch: Words = ['open', touchedFile];
const touches = [touch, ['chmod', touchedFile], ['unlink', 'missing']];
const arbitraryTouch = fc.constantFrom<Words>(...touches);
const arbitraryImage = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...programPaths) },
  { weight: 1, arbitrary: fc.constantFrom(...scriptPaths) },
);
const arbitraryExec = fc
  .tuple(fc.constantFrom('exec', 'exec', 'thread-exec'), arbitraryImage)
  .map((words): Words => words);

/** What is in a block ends with a touch, so that each process is seen. */
function makeBlock([open, close]: Words, words: Words): Words {
  return [open ?? '', ...words, ...touch, close ?? ''];
}

const { words: arbitraryWords } = fc.letrec<{ words: Words; part: Words }>((tie) => ({
  words: fc.array(tie('part'), { maxLength: 5 }).map((parts) => parts.flat()),
  part: fc.oneof(
    { maxDepth: 4 },
    { weight: 3, arbitrary: arbitraryTouch },
    { weight: 3, arbitrary: arbitraryExec },
    { weight: 2, arbitrary: tie('words').map((words) => makeBlock(['(', ')'], words)) },
    { weight: 1, arbitrary: tie('words').map((words) => makeBlock(['<', '>'], words)) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(arbitraryImage, tie('words'))
        .map(([image, words]) => makeBlock(['{', '}'], [image, ...words])),
    },
  ),
}));

/** More images of one process, or more ancestors, than are kept. */
const arbitraryLongLineage = fc
  .tuple(fc.integer({ min: 13, max: 18 }), fc.integer({ min: 110, max: 130 }), fc.boolean())
  .map(([images, ancestors, isDeep]): Words => {
    const program = programPaths[2] ?? '';
    if (isDeep) return [...Array(ancestors).fill('('), ...touch, ...Array(ancestors).fill(')')];
    return Array.from({ length: images }, () => ['exec', program, ...touch]).flat();
  });

/** What one family does: words of operations/lineage.c. */
export const arbitraryFamily: fc.Arbitrary<Words> = fc
  .tuple(
    fc.oneof(
      { weight: 4, arbitrary: fc.constant<Words>([]) },
      { weight: 1, arbitrary: arbitraryLongLineage },
    ),
    fc.array(arbitraryWords, { minLength: 4, maxLength: 8, size: 'max' }),
  )
  .map(([first, parts]) => [...first, ...parts.flat(), ...touch]);

/** Few of many: each program answers some questions, and ancestors together not all. */
const arbitraryAtoms = fc
  .uniqueArray(fc.constantFrom(...atomBits), { maxLength: 2 })
  .map((bits) => bits.reduce((mask, bit) => mask | (1n << BigInt(bit)), 0n));

function arbitraryMasks(length: number): fc.Arbitrary<bigint[]> {
  return fc.array(arbitraryLanes, { minLength: length, maxLength: length, size: 'max' });
}

const arbitraryProgramClass: fc.Arbitrary<PathClass> = fc
  .tuple(arbitraryMasks(filterPathRowsMax), arbitraryAtoms, arbitraryAtoms)
  .map(([masks, atoms, certain]) =>
    masks
      .with(everyRow, allLanes)
      .with(atomRow, atoms)
      .with(noAtomRow, allLanes & ~certain),
  );

/** The first ancestors are elsewhere than below the directory: there are answers there too. */
function arbitraryPrograms(directory: readonly string[]): fc.Arbitrary<PathAutomaton> {
  return arbitraryAutomaton.chain((automaton) => {
    const placed = placeBelow(directory, automaton);
    const { length } = placed.classes;
    return fc
      .array(arbitraryProgramClass, { minLength: length, maxLength: length })
      .map((classes) => ({ ...placed, classes }));
  });
}

/** All atoms are told apart, so that each ancestor that is missing shows. */
function arbitraryTable(value: FilterValue): fc.Arbitrary<readonly ValueTable[]> {
  const masks = arbitraryMasks(2 ** atomBits.length);
  const classes = { kind: 'bits', value, bits: atomBits } as const;
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant([]) },
    { weight: 3, arbitrary: masks.map((own) => [{ classes, masks: own }]) },
  );
}

const arbitraryLineageTables = fc
  .tuple(arbitraryTable('lineage_may'), arbitraryTable('lineage_must'))
  .map((tables) => tables.flat());

/** A filter that looks at nothing but processes. */
export function arbitraryProcessFilter(directory: readonly string[]): fc.Arbitrary<KernelFilter> {
  const { operations, paths } = passEverything('all');
  const names = { names: new Map<string, bigint>(), otherNames: allLanes, longNames: allLanes };
  const arbitraryOperations = fc.tuple(
    ...operations.map((operation) =>
      fc
        .record({
          values: arbitraryLineageTables,
          programRow: fc.nat(4),
          anyProcess: fc.oneof(
            { weight: 5, arbitrary: fc.constant(0n) },
            { weight: 1, arbitrary: arbitraryLanes },
          ),
        })
        .map((own) => ({
          ...operation,
          ...{ lanes: allLanes, source: names, destination: operation.destination && names },
          ...{ anySourcePath: allLanes, anyDestinationPath: allLanes },
          ...own,
        })),
    ),
  );
  return fc.tuple(arbitraryOperations, arbitraryPrograms(directory)).map(([own, programPaths]) => ({
    operations: own,
    paths,
    programs: { paths: programPaths, everyRow, atomRow, noAtomRow },
  }));
}
