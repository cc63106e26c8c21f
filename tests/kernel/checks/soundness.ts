// SPDX-License-Identifier: Apache-2.0
// The one promise of the filter, on this kernel: generated policies over generated work tell with
// the filter exactly what they tell without it. `npm run fuzz` does the same for as long as wanted.

import { tryPolicies } from '../soundness/try-policies.ts';
import type { CheckKit, KernelCheck } from './check.ts';

const roundsMax = 4;

/** Rules of few policies may match nothing of the work: more are made. */
function checkSoundness(kit: CheckKit): readonly string[] {
  const numRuns = kit.isOwnMachine ? 2 : 6;
  for (let round = 0; round < roundsMax; round += 1) {
    const { problem, ...totals } = tryPolicies(kit, { numRuns, workSize: 300, shrinks: false });
    console.log(`note                ${JSON.stringify(totals)}`);
    if (problem !== null) return [problem];
    if (totals.matches > 0) return [];
  }
  return ['no rule matched anything: nothing was tested'];
}

export const soundnessChecks: readonly KernelCheck[] = [
  { name: 'generated policies tell the same with their filter and without', run: checkSoundness },
];
