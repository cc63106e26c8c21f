// SPDX-License-Identifier: Apache-2.0
// How far a path has come in patterns: the nodes of a nondeterministic automaton over components.

import type { ComponentPattern, PathPattern } from './path-pattern.ts';

/** A component that is all of these leads on. */
export type Step = { readonly components: readonly ComponentPattern[]; readonly node: number };

export type PathNode = {
  /** Index of the pattern. */
  readonly pattern: number;
  /** For components that have others below them. */
  readonly steps: readonly Step[];
  /** The last component of a path that matches is all of these; null where none ends here. */
  readonly end: readonly ComponentPattern[] | null;
};

/** A pattern without `**`: a node for each component. */
function listFixed(
  pattern: number,
  prefix: readonly ComponentPattern[],
  first: number,
): PathNode[] {
  return prefix.map((component, index) =>
    index === prefix.length - 1
      ? { pattern, steps: [], end: [component] }
      : { pattern, steps: [{ components: [component], node: first + index + 1 }], end: null },
  );
}

/**
 * A pattern with `**`: a node for each number of components that were consumed, as far as that
 * counts, and of components after `**` that the last ones have matched; those may begin anywhere.
 */
function listOpen(
  pattern: number,
  { prefix, countMin }: PathPattern,
  suffix: readonly ComponentPattern[],
  first: number,
): PathNode[] {
  const width = Math.max(1, suffix.length);
  const at = (consumed: number, matched: number): number =>
    first + Math.min(consumed, countMin) * width + matched;
  const make = (consumed: number, matched: number): PathNode => {
    const own = prefix.slice(consumed, consumed + 1);
    const both = [...own, ...suffix.slice(matched, matched + 1)];
    const steps: Step[] = [];
    if (matched === 0) steps.push({ components: own, node: at(consumed + 1, 0) });
    if (matched + 1 < width) steps.push({ components: both, node: at(consumed + 1, matched + 1) });
    const isEnd = consumed + 1 >= countMin && matched + 1 === width;
    return { pattern, steps, end: isEnd ? both : null };
  };
  return Array.from({ length: (countMin + 1) * width }, (_, index) =>
    make(Math.floor(index / width), index % width),
  );
}

export type PathNodes = {
  readonly nodes: readonly PathNode[];
  /** Where the patterns begin. */
  readonly starts: readonly number[];
};

/** Lists the nodes of some patterns. */
export function listPathNodes(patterns: readonly PathPattern[]): PathNodes {
  const nodes: PathNode[] = [];
  const starts: number[] = [];
  patterns.forEach((pattern, index) => {
    const { prefix, suffix } = pattern;
    const first = nodes.length;
    const own =
      suffix === null ? listFixed(index, prefix, first) : listOpen(index, pattern, suffix, first);
    // A pattern without any component accepts nothing that begins with a slash.
    if (own.length > 0) starts.push(first);
    for (const node of own) nodes.push(node);
  });
  return { nodes, starts };
}
