// SPDX-License-Identifier: Apache-2.0
// Finds the name that a user most likely meant: the smallest edit distance, at most a third of the
// name's length.

/** Counts insertions, deletions, replacements and swaps of neighbours between two names. */
function measureDistance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) > limit) return limit + 1;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const row = [i];
    for (let j = 1; j <= right.length; j++) {
      const same = left[i - 1] === right[j - 1];
      let best = (previous[j - 1] ?? 0) + (same ? 0 : 1);
      best = Math.min(best, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]) {
        best = Math.min(best, (beforePrevious[j - 2] ?? 0) + 1);
      }
      row.push(best);
    }
    beforePrevious = previous;
    previous = row;
  }
  return previous[right.length] ?? 0;
}

/** Returns the nearest of the candidates, or null when none is near. */
export function findNearestName(name: string, candidates: Iterable<string>): string | null {
  if (name.length > 100) return null;
  let best: string | null = null;
  let limit = Math.max(1, Math.floor(name.length / 3));
  for (const candidate of candidates) {
    const distance = measureDistance(name.toLowerCase(), candidate.toLowerCase(), limit);
    if (distance > limit || (best !== null && distance === limit)) continue;
    best = candidate;
    limit = distance;
  }
  return best;
}

/** Makes the sentence that suggests the nearest name, or points at where the names are listed. */
export function suggestName(name: string, candidates: Iterable<string>, list: string): string {
  const nearest = findNearestName(name, candidates);
  return nearest === null ? list : `did you mean ${nearest}?`;
}
