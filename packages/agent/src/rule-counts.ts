// SPDX-License-Identifier: Apache-2.0
// How many rules are loaded, in words.

import type { CompiledPolicies } from '@fimbul/rules/run';

/** Says how many rules there are, and how many are not loaded and why. */
export function describeRuleCounts(policies: CompiledPolicies): string {
  const { ruleCount, skippedCount, filteredCount, disabledCount, notApplicableCount } = policies;
  const others = [
    [skippedCount, 'skipped'],
    [disabledCount, 'disabled'],
    [filteredCount, 'for other hosts'],
    [notApplicableCount, 'not applicable here'],
  ] as const;
  const counts = others.filter(([count]) => count > 0).map(([count, why]) => `, ${count} ${why}`);
  return `${ruleCount} rule${ruleCount === 1 ? '' : 's'}${counts.join('')}`;
}
