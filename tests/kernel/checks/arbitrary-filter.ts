// SPDX-License-Identifier: Apache-2.0
// Generated filters of the kernel, of any lanes and edges: what no compiler would make of rules
// must be computed right as well. Names come from a short list, so that most tables say something
// about the files that generated work touches.

import {
  type AffixEdges,
  type FileOperation,
  fileOperations,
  filterNameBytesMax,
  filterPathRowsMax,
  type KernelFilter,
  type NameTable,
  type OperationFilter,
  type PathAutomaton,
  type PathClass,
  type PathEdges,
  type PathState,
} from '@fimbul/schema';
import fc from 'fast-check';
import { allLanes, arbitraryLanes } from './arbitrary-lanes.ts';
import { arbitraryTablesOf } from './arbitrary-values.ts';

/** Names of files at the length that the kernel compares, one beyond, near to one another. */
export const fileNames = [
  ...['a', 'b', 'ab', 'passwd', 'passwe', '\xff\xfe', ' ', 'e\n'],
  ...['x'.repeat(58), 'x'.repeat(59), 'x'.repeat(60), `${'x'.repeat(59)}y`, 'x'.repeat(255)],
];

/** Names of directories, which no file has. */
export const directoryNames = [
  ...['A', 'B', 'AB', 'etc', '\xff\xfe\xfd', '.ssh'],
  ...['X'.repeat(59), 'X'.repeat(60), 'X'.repeat(255)],
];

const statesMax = 6;
const classesMax = 8;
const affixesMax = 5;
const pairsMax = 30;

const arbitraryName = fc.constantFrom(...fileNames, ...directoryNames);
const arbitraryShortName = arbitraryName.filter((name) => name.length <= filterNameBytesMax);
const arbitraryTable: fc.Arbitrary<NameTable> = fc.record({
  names: fc
    .dictionary(arbitraryShortName, arbitraryLanes)
    .map((entries) => new Map(Object.entries(entries))),
  otherNames: arbitraryLanes,
  longNames: arbitraryLanes,
});

const openTable: NameTable = { names: new Map(), otherNames: allLanes, longNames: allLanes };

/** Mostly one that lets everything pass, for other stages to have something left to decide. */
function orOpen<Value>(arbitrary: fc.Arbitrary<Value>, open: Value): fc.Arbitrary<Value> {
  return fc.oneof({ weight: 2, arbitrary: fc.constant(open) }, { weight: 1, arbitrary });
}

const arbitraryRow = fc.constantFrom(0, 1, 2, 30, filterPathRowsMax - 1);
const arbitraryAny = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0n) },
  { weight: 1, arbitrary: arbitraryLanes },
);

function arbitraryOperation(operation: FileOperation): fc.Arbitrary<OperationFilter> {
  const table = orOpen(arbitraryTable, openTable);
  const values =
    operation === 'open' ? arbitraryTablesOf(['flags', 'result']) : arbitraryTablesOf(['result']);
  return fc.record({
    operation: fc.constant(operation),
    lanes: orOpen(arbitraryLanes, allLanes),
    source: table,
    destination: operation === 'rename' ? table : fc.constant(null),
    values,
    sourceRow: arbitraryRow,
    destinationRow: arbitraryRow,
    anySourcePath: arbitraryAny,
    anyDestinationPath: arbitraryAny,
    failures: fc.constantFrom('permission', 'all'),
    programRow: fc.constant(0),
    anyProcess: fc.constant(allLanes),
  });
}

/** Beginnings and ends of names that there are, whole names among them. */
const arbitraryAffix = fc
  .tuple(arbitraryShortName, fc.nat(filterNameBytesMax), fc.boolean())
  .map(([name, length, isSuffix]) =>
    isSuffix ? name.slice(-1 - (length % name.length)) : name.slice(0, 1 + (length % name.length)),
  );

const arbitraryAffixNumbers = fc
  .uniqueArray(arbitraryAffix, { maxLength: affixesMax, size: 'max' })
  .map((names) => new Map(names.map((name, index) => [name, index + 1] as const)));

function arbitraryAffixes(arbitraryTarget: fc.Arbitrary<number>): fc.Arbitrary<AffixEdges> {
  const arbitraryNumber = fc.noBias(fc.nat(affixesMax));
  const arbitraryPair = fc
    .tuple(arbitraryNumber, arbitraryNumber)
    .map(([prefix, suffix]) => prefix * 65536 + suffix);
  return fc.record({
    prefixes: arbitraryAffixNumbers,
    suffixes: arbitraryAffixNumbers,
    targets: fc
      .array(fc.tuple(arbitraryPair, arbitraryTarget), { maxLength: pairsMax, size: 'max' })
      .map((pairs) => new Map(pairs)),
  });
}

function arbitraryEdges(arbitraryTarget: fc.Arbitrary<number>): fc.Arbitrary<PathEdges> {
  return fc.record({
    exact: fc
      .array(fc.tuple(arbitraryShortName, arbitraryTarget), { maxLength: 5 })
      .map((entries) => new Map(entries)),
    affixes: fc.option(arbitraryAffixes(arbitraryTarget)),
    other: arbitraryTarget,
    long: arbitraryTarget,
  });
}

const arbitraryClass = fc.array(arbitraryLanes, {
  minLength: filterPathRowsMax,
  maxLength: filterPathRowsMax,
});

function listTargets({ exact, affixes, other, long }: PathEdges): readonly number[] {
  return [...exact.values(), ...(affixes?.targets.values() ?? []), other, long];
}

/** Has what is alive below a directory be alive in it, as in all that rules are compiled to. */
function closeAlive({ states, classes }: PathAutomaton): PathAutomaton {
  const join = (left: PathClass, right: PathClass): PathClass =>
    left.map((lanes, row) => lanes | (right[row] ?? 0n));
  const ends = states.map(({ final, alive }) =>
    [alive, ...listTargets(final)].map((number) => classes[number] ?? []).reduce(join),
  );
  const alive = states.map((_, index) => {
    const reached = new Set([index]);
    for (const number of reached) {
      const { inner } = states[number] ?? {};
      for (const target of inner ? listTargets(inner) : []) reached.add(target);
    }
    return [...reached].map((number) => ends[number] ?? []).reduce(join);
  });
  return {
    states: states.map((state, index) => ({ ...state, alive: classes.length + index })),
    classes: [...classes, ...alive],
  };
}

export const arbitraryAutomaton: fc.Arbitrary<PathAutomaton> = fc
  .record({
    stateCount: fc.integer({ min: 2, max: statesMax }),
    classCount: fc.integer({ min: 3, max: classesMax }),
  })
  .chain(({ stateCount, classCount }) => {
    const arbitraryNumber = fc.noBias(fc.nat(classCount - 1));
    const state = fc.record({
      inner: arbitraryEdges(fc.noBias(fc.nat(stateCount - 1))),
      final: arbitraryEdges(arbitraryNumber),
      alive: arbitraryNumber,
    });
    return fc
      .record({
        states: fc.array(state, { minLength: stateCount, maxLength: stateCount }),
        classes: fc.array(arbitraryClass, { minLength: classCount, maxLength: classCount }),
      })
      .map(closeAlive);
  });

export const arbitraryFilter: fc.Arbitrary<KernelFilter> = fc.record({
  operations: fc.tuple(...fileOperations.map(arbitraryOperation)),
  paths: arbitraryAutomaton,
  programs: fc.constant(null),
});

/** Puts an automaton below a directory: elsewhere nothing is ruled out. */
export function placeBelow(directory: readonly string[], paths: PathAutomaton): PathAutomaton {
  const above = directory.length;
  const open = paths.classes.length;
  const elsewhere = above + paths.states.length;
  const lost: PathEdges = { exact: new Map(), affixes: null, other: elsewhere, long: elsewhere };
  const final: PathEdges = { exact: new Map(), affixes: null, other: open, long: open };
  const way = directory.map((name, index): PathState => {
    const isLong = name.length > filterNameBytesMax;
    const exact = new Map(isLong ? [] : [[name, index + 1]]);
    const long = isLong ? index + 1 : elsewhere;
    return { inner: { ...lost, exact, long }, final, alive: open };
  });
  return {
    states: [
      ...way,
      ...paths.states.map((state) => ({ ...state, inner: moveTargets(state.inner, above) })),
      { inner: lost, final, alive: open },
    ],
    classes: [...paths.classes, Array.from({ length: filterPathRowsMax }, () => allLanes)],
  };
}

function moveTargets({ exact, affixes, other, long }: PathEdges, by: number): PathEdges {
  const move = <Key>(targets: ReadonlyMap<Key, number>): ReadonlyMap<Key, number> =>
    new Map([...targets].map(([key, target]) => [key, target + by]));
  return {
    exact: move(exact),
    affixes: affixes && { ...affixes, targets: move(affixes.targets) },
    other: other + by,
    long: long + by,
  };
}
