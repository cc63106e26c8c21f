// SPDX-License-Identifier: Apache-2.0
// The edges of one state: for each name that its patterns spell out, for each pair of a beginning
// and an end of a name, for all others and for long ones, what comes of it.

import { type AffixEdges, filterNameBytesMax, type PathEdges } from '@fimbul/schema';
import {
  type ComponentOracle,
  judgeAffixes,
  judgeAll,
  judgeLongName,
  judgeName,
} from './affix-choices.ts';
import type { ComponentPattern } from './path-pattern.ts';

/** Something that comes of a component which is all of these. */
export type Branch<Outcome> = {
  readonly components: readonly ComponentPattern[];
  readonly outcome: Outcome;
  /** False when it is not even certain that the path came here. */
  readonly isCertain: boolean;
};

export type Reached<Outcome> = { readonly outcome: Outcome; readonly isCertain: boolean };

/** Makes a target of all that comes of a component. */
export type MakeTarget<Outcome> = (reached: readonly Reached<Outcome>[]) => number;

/** More pairs of beginnings and ends than this are not told apart. */
const pairsMax = 4096;
const suffixFactor = 65_536;

function reach<Outcome>(
  branches: readonly Branch<Outcome>[],
  oracle: ComponentOracle,
): Reached<Outcome>[] {
  return branches.flatMap(({ components, outcome, isCertain }) => {
    const certainty = judgeAll(components, oracle);
    if (certainty === 'no') return [];
    return [{ outcome, isCertain: isCertain && certainty === 'yes' }];
  });
}

function findExactName(components: readonly ComponentPattern[]): string | null {
  const exact = components.find((component) => component.kind === 'exact');
  return exact?.kind === 'exact' ? exact.name : null;
}

type Sorted<Outcome> = {
  readonly byName: ReadonlyMap<string, readonly Branch<Outcome>[]>;
  readonly others: readonly Branch<Outcome>[];
};

function sortBranches<Outcome>(branches: readonly Branch<Outcome>[]): Sorted<Outcome> {
  const byName = new Map<string, Branch<Outcome>[]>();
  const others: Branch<Outcome>[] = [];
  for (const branch of branches) {
    const name = findExactName(branch.components);
    const own = name === null ? others : byName.get(name);
    if (own) own.push(branch);
    else if (name !== null) byName.set(name, [branch]);
  }
  return { byName, others };
}

type Affix = Extract<ComponentPattern, { readonly kind: 'affix' }>;

function listAffixes<Outcome>(branches: readonly Branch<Outcome>[]): Affix[] {
  return branches.flatMap(({ components }) =>
    components.filter((component) => component.kind === 'affix'),
  );
}

function numberTexts(texts: readonly string[]): Map<string, number> {
  const distinct = new Set(texts.filter((text) => text !== ''));
  return new Map([...distinct].map((text, index) => [text, index + 1]));
}

function makeAffixes<Outcome>(
  branches: readonly Branch<Outcome>[],
  other: number,
  makeTarget: MakeTarget<Outcome>,
): AffixEdges | null {
  const affixes = listAffixes(branches);
  const prefixes = numberTexts(affixes.map(({ prefix }) => prefix));
  const suffixes = numberTexts(affixes.map(({ suffix }) => suffix));
  const targets = new Map<number, number>();
  for (const [prefix, first] of [['', 0] as const, ...prefixes]) {
    for (const [suffix, second] of [['', 0] as const, ...suffixes]) {
      const target = makeTarget(reach(branches, judgeAffixes(prefix, suffix)));
      if (target !== other) targets.set(first * suffixFactor + second, target);
    }
  }
  return targets.size === 0 ? null : { prefixes, suffixes, targets };
}

/** Too many to tell apart: each may be what it is not. */
function blur<Outcome>(branches: readonly Branch<Outcome>[]): Branch<Outcome>[] {
  return branches.map((branch) => {
    const components = branch.components.filter(({ kind }) => kind !== 'affix');
    const isBlurred = components.length < branch.components.length;
    return isBlurred ? { ...branch, components, isCertain: false } : branch;
  });
}

function countPairs<Outcome>(branches: readonly Branch<Outcome>[]): number {
  const affixes = listAffixes(branches);
  const count = (texts: readonly string[]): number => new Set(texts).size + 1;
  return count(affixes.map(({ prefix }) => prefix)) * count(affixes.map(({ suffix }) => suffix));
}

/** Makes the edges of a state for branches that components may take. */
export function makeEdges<Outcome>(
  branches: readonly Branch<Outcome>[],
  makeTarget: MakeTarget<Outcome>,
): PathEdges {
  const { byName, others: written } = sortBranches(branches);
  const others = countPairs(written) > pairsMax ? blur(written) : written;
  // A name that is in no table at all begins and ends with nothing that is.
  const other = makeTarget(reach(others, judgeAffixes('', '')));
  const exact = new Map<string, number>();
  const long: Branch<Outcome>[] = [...others];
  const affixes = makeAffixes(others, other, makeTarget);
  for (const [name, own] of byName) {
    if (name.length > filterNameBytesMax) {
      long.push(...own);
      continue;
    }
    const target = makeTarget(reach([...own, ...others], judgeName(name)));
    if (affixes !== null || target !== other) exact.set(name, target);
  }
  return { exact, affixes, other, long: makeTarget(reach(long, judgeLongName)) };
}
