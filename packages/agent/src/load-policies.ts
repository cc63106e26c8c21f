// SPDX-License-Identifier: Apache-2.0
// Policies for the agent: every problem is shown; a broken rule is left out and the rest loads; no
// rule at all is a failure, since an agent that watches nothing only looks like protection.

import { Failure, readHostFacts, readPolicyFiles } from '@fimbul/config';
import { type CompiledPolicies, compilePolicies, renderDiagnostic } from '@fimbul/rules';
import type { PolicyRow } from '@fimbul/schema';

export type LoadedPolicies = {
  readonly policies: CompiledPolicies;
  /** Diagnostics for stderr, empty when there are none. */
  readonly report: string;
  /** What became of each file, in load order. */
  readonly files: readonly PolicyRow[];
};

export type LoadOptions = {
  readonly color: boolean;
  /** Whether filters ask for this host; otherwise they all accept. */
  readonly isForThisHost: boolean;
};

/** Reads and compiles; throws a Failure where a path cannot be read. */
export function readPolicies(
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
  return { policies, report, files: files.map(({ path }) => describeFile(path, policies)) };
}

export type ReadPolicies = typeof readPolicies;

function writeToStandardError(text: string): void {
  process.stderr.write(text);
}

/** Reads and compiles; throws a Failure after all diagnostics when nothing can be loaded. */
export function loadPolicies(
  paths: readonly string[],
  options: LoadOptions,
  tell: (report: string) => void = writeToStandardError,
): LoadedPolicies {
  const loaded = readPolicies(paths, options);
  const { policies, report } = loaded;
  if (policies.rules.length === 0) {
    tell(report);
    const isBroken = policies.diagnostics.some(({ severity }) => severity === 'error');
    throw new Failure(
      `load policies: no rule could be loaded from ${paths.join(', ')}`,
      isBroken
        ? 'correct the policy; "fimbul rules check" shows all problems'
        : 'add a rule: there is none that is enabled and meant for this host',
    );
  }
  return loaded;
}

function describeFile(path: string, { rules, diagnostics }: CompiledPolicies): PolicyRow {
  const own = diagnostics.filter(({ file }) => file === path);
  const count = (wanted: string) => own.filter(({ severity }) => severity === wanted).length;
  const groups = new Set(rules.filter(({ policy }) => policy === path).map(({ group }) => group));
  return { path, rules: groups.size, errors: count('error'), warnings: count('warning') };
}
