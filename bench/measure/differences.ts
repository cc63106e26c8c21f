// SPDX-License-Identifier: Apache-2.0
// Two lists that should hold the same things, in any order.

export type Difference = {
  readonly what: string;
  readonly expected: number;
  readonly found: number;
};

function count(things: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const thing of things) counts.set(thing, (counts.get(thing) ?? 0) + 1);
  return counts;
}

/** Lists what is there more or less often than expected, by name. */
export function findDifferences(
  expected: readonly string[],
  found: readonly string[],
): readonly Difference[] {
  const [wanted, got] = [count(expected), count(found)];
  return [...new Set([...wanted.keys(), ...got.keys()])]
    .map((what) => ({ what, expected: wanted.get(what) ?? 0, found: got.get(what) ?? 0 }))
    .filter((difference) => difference.expected !== difference.found)
    .sort((a, b) => (a.what < b.what ? -1 : 1));
}
