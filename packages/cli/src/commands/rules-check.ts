// SPDX-License-Identifier: Apache-2.0
// `fimbul rules check`: all problems of policies at once, each with its place and what to do.

import {
  collectPolicyFiles,
  type PolicyFile,
  readHostFacts,
  readStandardInput,
} from '@fimbul/config';
import { type CompiledPolicies, compilePolicies, renderDiagnostic } from '@fimbul/rules';
import type { Command } from 'commander';
import { wantsColor } from '../color.ts';
import { formatJson } from '../format-json.ts';
import { collectPaths } from '../path-argument.ts';

type CheckFlags = {
  readonly strict?: boolean;
  readonly json?: boolean;
  readonly allHosts?: boolean;
};

function describeCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function summarize(compiled: CompiledPolicies, errors: number, warnings: number): string {
  const { ruleCount, skippedCount, disabledCount, filteredCount, notApplicableCount } = compiled;
  const parts = [describeCount(ruleCount, 'rule')];
  if (skippedCount > 0) parts.push(`${skippedCount} skipped`);
  if (disabledCount > 0) parts.push(`${disabledCount} disabled`);
  if (filteredCount > 0) parts.push(`${filteredCount} for other hosts or versions`);
  if (notApplicableCount > 0) parts.push(`${notApplicableCount} not applicable here`);
  parts.push(describeCount(errors, 'error'), describeCount(warnings, 'warning'));
  return parts.join(', ');
}

function readInput(): PolicyFile {
  const path = '<stdin>';
  const read = readStandardInput();
  if (!read.unreadable) return { path, text: read.text };
  return { path, text: '', unreadable: { ...read.unreadable, isNamed: true } };
}

function check(paths: readonly string[], flags: CheckFlags): void {
  const files = paths.flatMap((path) => (path === '-' ? readInput() : collectPolicyFiles([path])));
  const compiled = compilePolicies(files, { host: flags.allHosts ? null : readHostFacts() });
  const { diagnostics } = compiled;
  const count = (severity: string) => diagnostics.filter((d) => d.severity === severity).length;
  const errors = count('error');
  const warnings = count('warning');
  const ok = errors === 0 && (warnings === 0 || !flags.strict);
  if (flags.json) {
    const { ruleCount, skippedCount, disabledCount, filteredCount, notApplicableCount } = compiled;
    const counts = { skippedCount, disabledCount, filteredCount, notApplicableCount };
    process.stdout.write(`${formatJson({ ok, rules: ruleCount, ...counts, diagnostics })}\n`);
  } else {
    const texts = new Map(files.map(({ path, text }) => [path, text]));
    const color = wantsColor(process.stdout);
    for (const diagnostic of diagnostics) {
      const text = renderDiagnostic(diagnostic, texts.get(diagnostic.file) ?? '', { color });
      process.stdout.write(`${text.trimEnd()}\n\n`);
    }
    process.stdout.write(`${summarize(compiled, errors, warnings)}\n`);
  }
  process.exitCode = ok ? 0 : 1;
}

/** Adds `check` to the commands below `rules`. */
export function addCheckCommand(rules: Command): void {
  rules
    .command('check')
    .description('check policies and show every problem')
    .argument(
      '<path...>',
      'policy files, directories with *.policy files, or - for standard input',
      collectPaths,
    )
    .option('--strict', 'treat warnings as errors')
    .option('--all-hosts', 'check rules for other hosts too, whatever their filters say')
    .option('--json', 'write the diagnostics as JSON, for editors')
    .action((paths: readonly string[], flags: CheckFlags) => check(paths, flags));
}
