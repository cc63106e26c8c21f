// SPDX-License-Identifier: Apache-2.0
// `fimbul rules check`: all problems of policies at once, each with its place and what to do.

import { readPolicyFiles } from '@fimbul/config';
import { type CompiledPolicies, compilePolicies, renderDiagnostic } from '@fimbul/rules';
import type { Command } from 'commander';
import { wantsColor } from '../color.ts';

type CheckFlags = { readonly strict?: boolean; readonly json?: boolean };

function describeCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function summarize(compiled: CompiledPolicies, errors: number, warnings: number): string {
  const parts = [describeCount(compiled.rules.length, 'rule')];
  if (compiled.skippedCount > 0) parts.push(`${compiled.skippedCount} skipped`);
  if (compiled.disabledCount > 0) parts.push(`${compiled.disabledCount} disabled`);
  if (compiled.notApplicableCount > 0) {
    parts.push(`${compiled.notApplicableCount} not applicable here`);
  }
  parts.push(describeCount(errors, 'error'), describeCount(warnings, 'warning'));
  return parts.join(', ');
}

function check(paths: readonly string[], flags: CheckFlags): void {
  const files = readPolicyFiles(paths);
  const compiled = compilePolicies(files);
  const { diagnostics } = compiled;
  const count = (severity: string) => diagnostics.filter((d) => d.severity === severity).length;
  const errors = count('error');
  const warnings = count('warning');
  const ok = errors === 0 && (warnings === 0 || !flags.strict);
  if (flags.json) {
    const { skippedCount, disabledCount, notApplicableCount } = compiled;
    const counts = {
      rules: compiled.rules.length,
      skippedCount,
      disabledCount,
      notApplicableCount,
    };
    process.stdout.write(`${JSON.stringify({ ok, ...counts, diagnostics }, null, 2)}\n`);
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

export function addRulesCommand(program: Command): void {
  program
    .command('rules')
    .description('work with policies')
    .command('check')
    .description('check policies and show every problem')
    .argument('<path...>', 'policy files and directories')
    .option('--strict', 'treat warnings as errors')
    .option('--json', 'write the diagnostics as JSON, for editors')
    .action((paths: readonly string[], flags: CheckFlags) => check(paths, flags));
}
