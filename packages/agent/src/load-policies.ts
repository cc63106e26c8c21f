// SPDX-License-Identifier: Apache-2.0
// Policies for the agent: every problem is shown; a broken rule is left out and the rest loads; no
// rule at all is a failure, since an agent that watches nothing only looks like protection.

import { Failure, readHostFacts, readPolicyFiles } from '@fimbul/config';
import { type CompiledPolicies, compilePolicies, renderDiagnostic } from '@fimbul/rules';

export type LoadedPolicies = {
  readonly policies: CompiledPolicies;
  /** Diagnostics for stderr, empty when there are none. */
  readonly report: string;
};

export type LoadOptions = {
  readonly color: boolean;
  /** Whether filters ask for this host; otherwise they all accept. */
  readonly isForThisHost: boolean;
};

/** Reads and compiles; throws a Failure that carries all diagnostics when nothing can be loaded. */
export function loadPolicies(
  paths: readonly string[],
  { color, isForThisHost }: LoadOptions,
): LoadedPolicies {
  const files = readPolicyFiles(paths);
  const policies = compilePolicies(files, { host: isForThisHost ? readHostFacts() : null });
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const report = policies.diagnostics
    .filter(({ severity }) => severity !== 'info')
    .map((diagnostic) => renderDiagnostic(diagnostic, texts.get(diagnostic.file) ?? '', { color }))
    .map((text) => `${text.trimEnd()}\n`)
    .join('\n');
  if (policies.rules.length === 0) {
    process.stderr.write(report);
    const isBroken = policies.diagnostics.some(({ severity }) => severity === 'error');
    throw new Failure(
      `load policies: no rule could be loaded from ${paths.join(', ')}`,
      isBroken
        ? 'correct the policy; "fimbul rules check" shows all problems'
        : 'add a rule: there is none that is enabled and meant for this host',
    );
  }
  return { policies, report };
}

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
