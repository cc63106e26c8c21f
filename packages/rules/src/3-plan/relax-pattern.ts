// SPDX-License-Identifier: Apache-2.0
// Patterns that accept more than was written, for rule sets whose automaton would take too much
// room. What was relaxed is certain of no path.

import type { ComponentPattern, PathPattern } from './path-pattern.ts';

/** How often a pattern can be relaxed; after the last time it accepts every path. */
export const relaxations = 4;

/** Components that are kept, by how often a pattern was relaxed, after ends were dropped. */
const keptComponents = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 3, 1, 0];

const anyPath: PathPattern = { prefix: [], suffix: [], countMin: 0, isExact: false };

/** `/a/b/c` and `/a/b/c/**` become `/a/b/**` as the longest that is kept. */
function open(prefix: readonly ComponentPattern[], kept: number): PathPattern {
  const first = prefix.slice(0, kept);
  return { prefix: first, suffix: [], countMin: first.length, isExact: false };
}

/** Relaxes a pattern so often; 0 leaves it as it is. */
export function relaxPattern(pattern: PathPattern, times: number): PathPattern {
  if (times === 0) return pattern;
  const kept = keptComponents[times] ?? 0;
  if (kept === 0) return anyPath;
  if (pattern.suffix !== null && pattern.suffix.length > 0) return open(pattern.prefix, kept);
  return pattern.prefix.length > kept ? open(pattern.prefix, kept - 1) : pattern;
}
