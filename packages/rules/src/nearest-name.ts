// SPDX-License-Identifier: Apache-2.0
// Finds the name that a user most likely meant: the smallest edit distance, at most a third of the
// name's length. Near names are looked for first, so that a slip of a letter or two costs little.

const nameLengthMax = 100;

/** Rows of the table of distances, filled along its diagonal only: the rest is beyond the limit. */
type Rows = {
  beforePrevious: Uint16Array;
  previous: Uint16Array;
  current: Uint16Array;
};

const far = 0xffff;

function createRows(): Rows {
  const make = () => new Uint16Array(nameLengthMax * 2);
  return { beforePrevious: make(), previous: make(), current: make() };
}

/**
 * Counts insertions, deletions, replacements and swaps of neighbours between two names; anything
 * above the limit where there are more.
 */
function measureDistance(rows: Rows, left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) > limit) return far;
  const width = right.length;
  for (let j = 0; j <= width; j++) rows.previous[j] = j <= limit ? j : far;
  for (let i = 1; i <= left.length; i++) {
    const { beforePrevious, previous, current } = rows;
    const first = Math.max(1, i - limit);
    const last = Math.min(width, i + limit);
    current[first - 1] = first === 1 && i <= limit ? i : far;
    let least = current[first - 1] ?? far;
    const letter = left.charCodeAt(i - 1);
    for (let j = first; j <= last; j++) {
      const other = right.charCodeAt(j - 1);
      let best = (previous[j - 1] ?? far) + (letter === other ? 0 : 1);
      // What is beyond the diagonal band was not computed for this row.
      if (j < i + limit) best = Math.min(best, (previous[j] ?? far) + 1);
      best = Math.min(best, (current[j - 1] ?? far) + 1);
      const isSwap =
        i > 1 && j > 1 && letter === right.charCodeAt(j - 2) && left.charCodeAt(i - 2) === other;
      if (isSwap) best = Math.min(best, (beforePrevious[j - 2] ?? far) + 1);
      current[j] = Math.min(best, far);
      if (best < least) least = best;
    }
    if (least > limit) return far;
    rows.beforePrevious = previous;
    rows.previous = current;
    rows.current = beforePrevious;
  }
  return rows.previous[width] ?? far;
}

/** Returns the nearest of the candidates, or null when none is near. */
export function findNearestName(name: string, candidates: Iterable<string>): string | null {
  if (name.length > nameLengthMax) return null;
  const rows = createRows();
  const wanted = name.toLowerCase();
  const all = [...candidates].filter((candidate) => candidate.length < nameLengthMax * 2 - 1);
  const limitMax = Math.max(1, Math.floor(name.length / 3));
  for (let limit = Math.min(2, limitMax); ; limit = Math.min(limit * 4, limitMax)) {
    const best = findWithin(rows, wanted, all, limit);
    if (best !== null || limit === limitMax) return best;
  }
}

/** The nearest within a limit; of several, the first. */
function findWithin(
  rows: Rows,
  wanted: string,
  candidates: readonly string[],
  limitMax: number,
): string | null {
  let best: string | null = null;
  let limit = limitMax;
  for (const candidate of candidates) {
    const distance = measureDistance(rows, wanted, candidate.toLowerCase(), limit);
    if (distance > limit) continue;
    best = candidate;
    if (distance === 0) return best;
    limit = distance - 1;
  }
  return best;
}

/** Makes the sentence that suggests the nearest name, or points at where the names are listed. */
export function suggestName(name: string, candidates: Iterable<string>, list: string): string {
  const nearest = findNearestName(name, candidates);
  return nearest === null ? list : `did you mean ${nearest}?`;
}
