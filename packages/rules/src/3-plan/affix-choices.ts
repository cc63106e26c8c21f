// SPDX-License-Identifier: Apache-2.0
// What a name says of component patterns: for an exact name each matches or does not; of a name
// that is known only by the longest prefix and the longest suffix that it has of a table, an affix
// pattern may be known to be possible but not certain.

import { filterNameBytesMax } from '@fimbul/schema';
import { matchesPattern } from '../2-check/glob.ts';
import type { ComponentPattern } from './path-pattern.ts';

export type Certainty = 'yes' | 'maybe' | 'no';

/** Says how sure it is that a component is what a pattern wants. */
export type ComponentOracle = (component: ComponentPattern) => Certainty;

/** True when all are at least possible, and whether all are certain. */
export function judgeAll(
  components: readonly ComponentPattern[],
  oracle: ComponentOracle,
): Certainty {
  let certainty: Certainty = 'yes';
  for (const component of components) {
    const own = oracle(component);
    if (own === 'no') return 'no';
    if (own === 'maybe') certainty = 'maybe';
  }
  return certainty;
}

function sure(isExact: boolean): Certainty {
  return isExact ? 'yes' : 'maybe';
}

/** Of one name, which is not longer than the kernel compares. */
export function judgeName(name: string): ComponentOracle {
  return (component) => {
    switch (component.kind) {
      case 'any':
        return 'yes';
      case 'exact':
        return component.name === name ? 'yes' : 'no';
      case 'affix': {
        const { prefix, suffix, isExact } = component;
        // Patterns that are not exact have more between the two.
        return matchesPattern(`${prefix}*${suffix}`, name) ? sure(isExact) : 'no';
      }
    }
  };
}

/** Of a name that is longer than the kernel compares. */
export const judgeLongName: ComponentOracle = (component) => {
  switch (component.kind) {
    case 'any':
      return 'yes';
    case 'exact':
      return component.name.length > filterNameBytesMax ? 'maybe' : 'no';
    case 'affix':
      return 'maybe';
  }
};

/** Of a name that is none of the exact ones, by the longest prefix and suffix; empty for none. */
export function judgeAffixes(longestPrefix: string, longestSuffix: string): ComponentOracle {
  return (component) => {
    switch (component.kind) {
      case 'any':
        return 'yes';
      case 'exact':
        return 'no';
      case 'affix': {
        const { prefix, suffix, isExact } = component;
        if (!longestPrefix.startsWith(prefix) || !longestSuffix.endsWith(suffix)) return 'no';
        return sure(isExact);
      }
    }
  };
}
