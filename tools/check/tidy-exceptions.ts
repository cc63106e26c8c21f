// SPDX-License-Identifier: Apache-2.0
// Where a tidy rule does not hold, and why. An entry that nothing needs any more is a problem.

export type TidyException = {
  /** A path, or the start of paths when it ends in a slash. */
  readonly path: string;
  readonly rule: string;
  readonly reason: string;
};

export const tidyExceptions: readonly TidyException[] = [
  {
    path: 'tools/check/tidy-rules.ts',
    rule: 'banned-text',
    reason: 'It names the banned texts in order to find them.',
  },
  {
    path: 'tools/check/tidy-rules.test.ts',
    rule: 'banned-text',
    reason: 'It gives the rules something to find.',
  },
  {
    path: 'tools/check/tidy-rules.test.ts',
    rule: 'host-name',
    reason: 'It gives the rule something to find.',
  },
];
