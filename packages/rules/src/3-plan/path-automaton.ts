// SPDX-License-Identifier: Apache-2.0
// Builds the automaton that the kernel walks: sets of nodes become states, one component after the
// other. Where that would take too much room, patterns are relaxed until it does not: they then
// accept more, and nothing is certain of them.

import type { PathAutomaton, PathState } from '@fimbul/schema';
import { PathClasses, type PathRow } from './path-classes.ts';
import { type Branch, makeEdges, type Reached } from './path-edges.ts';
import { listPathNodes, type PathNode } from './path-items.ts';
import type { PathPattern } from './path-pattern.ts';
import { relaxations, relaxPattern } from './relax-pattern.ts';

export const pathAutomatonLimits = {
  statesMax: 20_000,
  edgesMax: 100_000,
  affixesMax: 20_000,
  classesMax: 8000,
  /** Nodes in all states, which is what building takes. */
  workMax: 3_000_000,
} as const;

type Limits = { readonly [Name in keyof typeof pathAutomatonLimits]: number };

export type BuiltAutomaton = {
  readonly automaton: PathAutomaton;
  /** How often patterns had to be relaxed; 0 is never. */
  readonly relaxed: number;
};

/** A node, and whether it is certain that the path has come to it: 2 × node + certainty. */
type Item = number;

class Builder {
  readonly #classes: PathClasses;
  readonly #patterns: readonly PathPattern[];
  readonly #nodes: readonly PathNode[];
  readonly #limits: Limits;
  readonly #numbers = new Map<string, number>();
  readonly #items: (readonly Item[])[] = [];
  readonly #states: Omit<PathState, 'alive'>[] = [];
  #work = 0;
  #edges = 0;
  #affixes = 0;

  constructor(classes: PathClasses, patterns: readonly PathPattern[], limits: Limits) {
    const { nodes, starts } = listPathNodes(patterns);
    this.#classes = classes;
    this.#patterns = patterns;
    this.#nodes = nodes;
    this.#limits = limits;
    this.#findState(starts.map((node) => 2 * node + 1));
  }

  /** Null when it takes too much. */
  build(): PathAutomaton | null {
    for (let number = 0; number < this.#items.length; number += 1) {
      const items = this.#items[number] ?? [];
      this.#work += items.length + 1;
      const inner = makeEdges(this.#listSteps(items), (reached) => this.#makeState(reached));
      const final = makeEdges(this.#listEnds(items), (reached) => this.#findClass(reached));
      this.#states.push({ inner, final });
      for (const { exact, affixes } of [inner, final]) {
        this.#edges += exact.size + (affixes?.targets.size ?? 0);
        this.#affixes += (affixes?.prefixes.size ?? 0) + (affixes?.suffixes.size ?? 0);
      }
      if (this.#isTooMuch()) return null;
    }
    return { states: this.#addAlive(), classes: this.#classes.classes };
  }

  #isTooMuch(): boolean {
    const { statesMax, edgesMax, affixesMax, classesMax, workMax } = this.#limits;
    if (this.#items.length > statesMax || this.#work > workMax) return true;
    if (this.#edges > edgesMax || this.#affixes > affixesMax) return true;
    return this.#classes.classes.length > classesMax;
  }

  #listSteps(items: readonly Item[]): Branch<number>[] {
    return items.flatMap((item) =>
      (this.#nodes[item >> 1]?.steps ?? []).map(({ components, node }) => ({
        components,
        outcome: node,
        isCertain: (item & 1) === 1,
      })),
    );
  }

  #listEnds(items: readonly Item[]): Branch<number>[] {
    return items.flatMap((item) => {
      const node = this.#nodes[item >> 1];
      if (node === undefined || node.end === null) return [];
      const { end: components, pattern: outcome } = node;
      return [{ components, outcome, isCertain: (item & 1) === 1 }];
    });
  }

  #findClass(reached: readonly Reached<number>[]): number {
    this.#work += reached.length;
    return this.#classes.find(
      reached.map(({ outcome: pattern, isCertain }) => ({
        pattern,
        isCertain: isCertain && this.#patterns[pattern]?.isExact === true,
      })),
    );
  }

  #makeState(reached: readonly Reached<number>[]): number {
    this.#work += reached.length;
    const certain = new Map<number, boolean>();
    for (const { outcome, isCertain } of reached) {
      certain.set(outcome, isCertain || certain.get(outcome) === true);
    }
    return this.#findState([...certain].map(([node, isCertain]) => 2 * node + Number(isCertain)));
  }

  #findState(items: Item[]): number {
    const key = items.sort((left, right) => left - right).join();
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#items.length;
      this.#numbers.set(key, number);
      this.#items.push(items);
    }
    return number;
  }

  /** What is alive in a state: all lanes of its classes and of the states that it leads to. */
  #addAlive(): PathState[] {
    const { classes } = this.#classes;
    const masks = this.#states.map(({ final }) => unite(listTargets(final), classes));
    for (let changed = true; changed; ) {
      changed = false;
      // States are found from the root on, so most that one leads to come after it.
      for (let number = this.#states.length - 1; number >= 0; number -= 1) {
        const inner = this.#states[number]?.inner;
        const own = masks[number];
        if (inner === undefined || own === undefined) continue;
        for (const target of listTargets(inner)) {
          if (addMasks(own, masks[target] ?? [])) changed = true;
        }
      }
    }
    return this.#states.map((state, number) => ({
      ...state,
      alive: this.#classes.intern(masks[number] ?? []),
    }));
  }
}

function listTargets({ exact, affixes, other, long }: PathState['inner']): Set<number> {
  return new Set([...exact.values(), ...(affixes?.targets.values() ?? []), other, long]);
}

/** Adds masks to others; true when that changed any. */
function addMasks(masks: bigint[], added: readonly bigint[]): boolean {
  let changed = false;
  added.forEach((mask, row) => {
    const before = masks[row] ?? 0n;
    if ((before | mask) === before) return;
    masks[row] = before | mask;
    changed = true;
  });
  return changed;
}

function unite(targets: ReadonlySet<number>, classes: readonly (readonly bigint[])[]): bigint[] {
  const masks = (classes[0] ?? []).map(() => 0n);
  for (const target of targets) addMasks(masks, classes[target] ?? []);
  return masks;
}

/** Builds the automaton for the formulas of all lanes, by row. */
export function buildPathAutomaton(
  rows: readonly PathRow[],
  limits: Limits = pathAutomatonLimits,
): BuiltAutomaton {
  for (let relaxed = 0; ; relaxed += 1) {
    const classes = new PathClasses(rows);
    const patterns = classes.patterns.map((pattern) => relaxPattern(pattern, relaxed));
    const automaton = new Builder(classes, patterns, limits).build();
    if (automaton !== null) return { automaton, relaxed };
    if (relaxed === relaxations) throw new Error('a state for all paths takes too much room');
  }
}
