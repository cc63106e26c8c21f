// SPDX-License-Identifier: Apache-2.0
// `fimbul rules test`: events written by hand, and the rules that must match them. Says which cases
// failed, where they stand, and which rules were missing or unexpected.

import { escapeControls } from '@fimbul/config';
import {
  type CaseResult,
  type RuleTestReport,
  renderDiagnostic,
  type StepFailure,
} from '@fimbul/rules';
import type { Command } from 'commander';
import { wantsColor } from '../color.ts';
import { formatJson } from '../format-json.ts';
import { collectPaths } from '../path-argument.ts';
import { runTestFiles, type TestFileOutcome } from '../run-test-files.ts';

type TestFlags = { readonly json?: boolean };

type Paint = (style: string, text: string) => string;

function listIds(ids: readonly string[]): string {
  return ids.length === 0 ? 'none' : ids.join(', ');
}

function describeTime(ns: bigint): string {
  const seconds = ns / 1_000_000_000n;
  const rest = (ns % 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '');
  return `${seconds}${rest === '' ? '' : `.${rest}`}s`;
}

function describeFailure(failure: StepFailure, paint: Paint): string {
  const { position, count, atNs, eventType, expected, actual } = failure;
  const where = count === 1 ? '' : `event ${position} of ${count}, at ${describeTime(atNs)}, `;
  const lines = [
    `  ${where}${eventType}: expected ${listIds(expected)}; matched ${listIds(actual)}`,
    ...failure.missing.map((id) => {
      const why = failure.heldBack.includes(id) ? ' (matched, and was held back by every)' : '';
      return paint('31', `    − ${id}${why}`);
    }),
    ...failure.unexpected.map((id) => paint('32', `    + ${id}`)),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function describeCase(result: CaseResult, paint: Paint): string {
  const { name, outcome, failures, place } = result;
  const { file, line } = failures[0]?.place ?? place;
  const what = outcome === 'not-run' ? 'not run' : 'failed';
  const head = `${escapeControls(file)}:${line}: ${paint('31', what)}: ${escapeControls(name)}`;
  return `${head}\n${failures.map((failure) => describeFailure(failure, paint)).join('')}\n`;
}

function showReport({ diagnostics, texts, cases }: RuleTestReport): string {
  const color = wantsColor(process.stdout);
  const paint: Paint = (style, text) => (color ? `\u001b[${style}m${text}\u001b[0m` : text);
  const problems = diagnostics.map((one) => {
    const text = renderDiagnostic(one, texts.get(one.file) ?? '', { color });
    return `${text.trimEnd()}\n\n`;
  });
  const failed = cases.filter(({ outcome }) => outcome !== 'passed');
  return [...problems, ...failed.map((result) => describeCase(result, paint))].join('');
}

function showOutcome(outcome: TestFileOutcome): string {
  if (outcome.kind === 'report') return showReport(outcome.report);
  return `${escapeControls(outcome.path)}: skipped: no rule test, as it has no \`cases:\`\n`;
}

function toJson({ path, ok, diagnostics, cases }: RuleTestReport) {
  return {
    ...{ path, ok, diagnostics },
    cases: cases.map(({ name, place, outcome, failures }) => ({
      ...{ name, line: place.line, column: place.column, outcome },
      failures: failures.map(({ place: at, atNs, ...rest }) => ({
        ...{ line: at.line, column: at.column, at: describeTime(atNs) },
        ...rest,
      })),
    })),
  };
}

function test(paths: readonly string[], flags: TestFlags): void {
  const reports: RuleTestReport[] = [];
  const skipped: string[] = [];
  for (const outcome of runTestFiles(paths)) {
    if (outcome.kind === 'skipped') skipped.push(outcome.path);
    else reports.push(outcome.report);
    if (!flags.json) process.stdout.write(showOutcome(outcome));
  }
  const cases = reports.flatMap((report) => report.cases);
  const passed = cases.filter(({ outcome }) => outcome === 'passed').length;
  const failed = cases.length - passed;
  const ok = reports.every((report) => report.ok);
  if (flags.json) {
    const report = { ok, passed, failed, files: reports.map(toJson), skipped };
    process.stdout.write(`${formatJson(report)}\n`);
  } else {
    process.stdout.write(`${passed} passed, ${failed} failed\n`);
  }
  process.exitCode = ok ? 0 : 1;
}

/** Adds `test` to the commands below `rules`. */
export function addTestCommand(rules: Command): void {
  rules
    .command('test')
    .description('run rule tests: events written by hand, and the rules that must match them')
    .argument(
      '<path...>',
      'test files, directories to search for *.yaml and *.yml, or - for standard input',
      collectPaths,
    )
    .option('--json', 'write all results as JSON')
    .action((paths: readonly string[], flags: TestFlags) => test(paths, flags));
}
