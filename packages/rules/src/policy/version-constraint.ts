// SPDX-License-Identifier: Apache-2.0
// `agent_version`: which versions of the language a definition is for. The syntax is that of the
// Masterminds library; what npm's semver lacks of it is rewritten here: `!=`, commas and `=>`.

import { Range } from 'semver';

/** The version of the rule language that this agent speaks; not the version of the agent. */
export const languageVersion = '7.83.0';

const lengthMax = 200;

type Term = { readonly range: Range; readonly negated: boolean };

/** Parses what has no `||` in it: terms that all have to hold. */
function parseTerms(text: string): readonly Term[] | null {
  const negated: Term[] = [];
  const rest: string[] = [];
  // An operator may stand apart from its version, and commas mean the same as spaces.
  const joined = text.replaceAll(',', ' ').replace(/(!=|=>|=<|[<>]=?|[=~^])\s+/g, '$1');
  for (const word of joined.trim().split(/\s+/)) {
    if (word.startsWith('!=')) {
      const range = parseRange(word.slice(2));
      if (range === null) return null;
      negated.push({ range, negated: true });
    } else {
      rest.push(word.replace(/^=>/, '>=').replace(/^=</, '<='));
    }
  }
  if (rest.length === 0) return negated;
  const range = parseRange(rest.join(' '));
  return range && [{ range, negated: false }, ...negated];
}

function parseRange(text: string): Range | null {
  // Nothing would be any version, which nobody writes on purpose.
  if (text.trim() === '') return null;
  try {
    return new Range(text);
  } catch {
    return null;
  }
}

/** Tells whether a version satisfies a constraint; null when it is no constraint. */
export function satisfiesVersion(constraint: string, version = languageVersion): boolean | null {
  if (constraint.length > lengthMax) return null;
  const alternatives = constraint.split('||').map(parseTerms);
  if (alternatives.some((terms) => terms === null)) return null;
  return alternatives.some((terms) =>
    terms?.every(({ range, negated }) => range.test(version) !== negated),
  );
}
