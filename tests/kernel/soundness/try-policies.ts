// SPDX-License-Identifier: Apache-2.0
// Tries generated policies on generated work, each in a fresh directory, and adds up what came of
// it. What is found wrong has the seed that makes it again.

import fc from 'fast-check';
import type { CheckKit } from '../checks/check.ts';
import { arbitraryPolicy } from './arbitrary-policy.ts';
import { arbitraryWork } from './arbitrary-work.ts';
import { compareRuns } from './compare-runs.ts';

/** Stands for the directory in generated policies. */
const placeMark = '/{place}';

export type Trial = {
  readonly numRuns: number;
  /** Calls of each piece of work, about. */
  readonly workSize: number;
  readonly seed?: number;
  readonly path?: string;
  /** Whether to look for a smaller policy and less work that show what is wrong. */
  readonly shrinks: boolean;
};

export type TrialResult = {
  readonly problem: string | null;
  readonly policies: number;
  readonly matches: number;
  readonly saved: number;
  /** Pieces of work that said nothing, because the kernel skipped programs or the ring was full. */
  readonly unsure: number;
};

export type TrialKit = Pick<CheckKit, 'kernel' | 'operations' | 'playground'>;

export function tryPolicies(kit: TrialKit, trial: Trial): TrialResult {
  const totals = { policies: 0, matches: 0, saved: 0, unsure: 0 };
  const { playground } = kit;
  const property = fc.property(
    arbitraryPolicy(placeMark),
    arbitraryWork(trial.workSize),
    (written, work) => {
      const directory = playground.makeDirectory('ext4');
      const policy = written.replaceAll(placeMark, directory);
      try {
        const { difference, isSure, matches, saved } = compareRuns({
          ...{ ...kit, directory, policy, work },
        });
        if (difference !== null && isSure) throw new Error(`${difference}\n${policy}`);
        totals.policies += 1;
        totals.matches += matches;
        totals.saved += saved;
        totals.unsure += isSure ? 0 : 1;
      } finally {
        playground.unmountBelow(directory);
      }
    },
  );
  const { numRuns, seed, path, shrinks } = trial;
  const details = fc.check(property, {
    ...{ numRuns, endOnFailure: !shrinks },
    ...(seed === undefined ? {} : { seed }),
    ...(path === undefined ? {} : { path }),
  });
  if (!details.failed) return { ...totals, problem: null };
  const { counterexamplePath, errorInstance } = details;
  const reason = errorInstance instanceof Error ? errorInstance.stack : String(errorInstance);
  return { ...totals, problem: `seed ${details.seed}, path ${counterexamplePath}: ${reason}` };
}
