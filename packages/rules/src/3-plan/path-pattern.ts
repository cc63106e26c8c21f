// SPDX-License-Identifier: Apache-2.0
// What one matcher of a path says, component by component, from the root down. The root directory
// has one component without bytes, as it is written; no other path has one. Paths that are not
// known to the root are not decided here.

import { filterNameBytesMax } from '@fimbul/schema';
import type { StringMatcher } from '../2-check/typed.ts';

/**
 * One component. `affix`: what begins with `prefix` and ends with `suffix`, which may not overlap.
 * It is not exact where a name can be accepted that the matcher refuses.
 */
export type ComponentPattern =
  | { readonly kind: 'any' }
  | { readonly kind: 'exact'; readonly name: string }
  | {
      readonly kind: 'affix';
      readonly prefix: string;
      readonly suffix: string;
      readonly isExact: boolean;
    };

export type PathPattern = {
  /** Components before `**`, or all of them. */
  readonly prefix: readonly ComponentPattern[];
  /** Components after `**`; null where the pattern has none. */
  readonly suffix: readonly ComponentPattern[] | null;
  /** Components that a path must have; without a suffix it has exactly those of the prefix. */
  readonly countMin: number;
  /** False where the pattern accepts paths that the matcher refuses. */
  readonly isExact: boolean;
};

/** A matcher as patterns that together accept all that it accepts; null when there are none. */
export type MatcherPattern = PathPattern | 'never' | null;

/** True when a name shorter than both together can begin with the one and end with the other. */
function canOverlap(prefix: string, suffix: string): boolean {
  const most = Math.min(prefix.length, suffix.length);
  for (let count = 1; count <= most; count += 1) {
    if (prefix.endsWith(suffix.slice(0, count))) return true;
  }
  return false;
}

function toComponent(text: string): ComponentPattern {
  const parts = text.split('*');
  if (parts.length === 1) return { kind: 'exact', name: text };
  const prefix = parts[0] ?? '';
  const suffix = parts.at(-1) ?? '';
  if (prefix === '' && suffix === '' && parts.length === 2) return { kind: 'any' };
  // The kernel compares so many bytes; longer names are all taken for what they may be.
  const isShort = prefix.length <= filterNameBytesMax && suffix.length <= filterNameBytesMax;
  const isExact = isShort && parts.length === 2 && !canOverlap(prefix, suffix);
  return {
    kind: 'affix',
    prefix: prefix.slice(0, filterNameBytesMax),
    suffix: suffix.length > filterNameBytesMax ? suffix.slice(-filterNameBytesMax) : suffix,
    isExact,
  };
}

/** Below the root there is nothing without a name. */
function toComponents(texts: readonly string[]): ComponentPattern[] | 'never' {
  return texts.length > 1 && texts.includes('') ? 'never' : texts.map(toComponent);
}

function isExactComponent(component: ComponentPattern): boolean {
  return component.kind !== 'affix' || component.isExact;
}

function makePattern(
  prefix: ComponentPattern[] | 'never',
  suffix: ComponentPattern[] | 'never' | null,
  countMin: number,
): PathPattern | 'never' {
  if (prefix === 'never' || suffix === 'never') return 'never';
  const isExact = [...prefix, ...(suffix ?? [])].every(isExactComponent);
  return { prefix, suffix, countMin, isExact };
}

/** Brings a matcher of a path into components; null where it does not look at components. */
export function toPathPattern(matcher: StringMatcher): MatcherPattern {
  if (matcher.kind === 'exact') {
    const [root, ...names] = matcher.value.split('/');
    if (root !== '' || (names.length > 1 && names.includes(''))) return 'never';
    const prefix = names.map((name): ComponentPattern => ({ kind: 'exact', name }));
    return { prefix, suffix: null, countMin: names.length, isExact: true };
  }
  if (matcher.kind !== 'glob') return null;
  const { prefix, suffix } = matcher.glob;
  // What comes before the first slash of a path is empty.
  const [root, ...names] = prefix;
  if (root !== undefined && root !== '') return 'never';
  const components = toComponents(names);
  if (suffix === null) return makePattern(components, null, names.length);
  const countMin = Math.max(prefix.length, suffix.length);
  return makePattern(components, toComponents(suffix), countMin);
}

/** Brings a matcher of a file's name into a pattern of its path, whose last component it is. */
export function toNamePattern(matcher: StringMatcher): MatcherPattern {
  const isText = matcher.kind === 'exact' || matcher.kind === 'pattern';
  if (!isText) return null;
  const text = matcher.kind === 'exact' ? matcher.value : matcher.pattern;
  // Nothing matches an empty pattern, and the name of the root directory is empty.
  if (text.includes('/') || (matcher.kind === 'pattern' && text === '')) return 'never';
  const component: ComponentPattern =
    matcher.kind === 'exact' ? { kind: 'exact', name: text } : toComponent(text);
  return makePattern([], [component], 1);
}

/** True for a pattern that accepts every path. */
export function acceptsAll({ prefix, suffix, countMin }: PathPattern): boolean {
  return prefix.length === 0 && suffix?.length === 0 && countMin <= 1;
}

/** Returns a text that equal patterns share. */
export function getPatternKey({ prefix, suffix, countMin, isExact }: PathPattern): string {
  return JSON.stringify([prefix, suffix, countMin, isExact]);
}
