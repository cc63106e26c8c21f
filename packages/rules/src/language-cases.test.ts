// SPDX-License-Identifier: Apache-2.0
// Runs the cases of testdata/: what each expression or policy parses to, which filter it gets and
// which diagnostics it gives. UPDATE=1 writes what comes out instead of comparing, a name such as
// UPDATE=grammar.case does it for one file; review the diff.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fromByteString, type NameTable, type OperationFilter } from '@fimbul/schema';
import { parseExpression, parseMacro } from './1-parse/parser.ts';
import { formatTree } from './1-parse/tree.ts';
import { checkHostFilter } from './2-check/check-action.ts';
import { checkRule } from './2-check/check-rule.ts';
import { formatBool } from './2-check/format-typed.ts';
import { type CompiledPolicies, compilePolicies } from './compile.ts';
import { diagnosticCatalogue } from './diagnostic-catalogue.ts';
import type { Diagnostic } from './diagnostics.ts';
import { renderDiagnostic } from './render.ts';
import { createPlainExpression } from './source-text.ts';
import { formatCases, type LanguageCase, parseCases } from './testing/case-file.ts';
import { allEvents, makeContext, testModel } from './testing/check-context.ts';
import { codesTestedElsewhere } from './testing/codes-tested-elsewhere.ts';

const folder = new URL('../testdata/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.case'));

function compileSource(source: string, isPolicy: boolean): CompiledPolicies {
  const text = isPolicy ? source : JSON.stringify({ rules: [{ id: 'r', expression: source }] });
  return compilePolicies([{ path: 'x.policy', text }]);
}

function formatMask(mask: bigint): string {
  return mask.toString(2);
}

function formatNames({ names, otherNames, longNames }: NameTable): string {
  const listed = [...names].map(
    ([name, mask]) => `${fromByteString(name).text}=${formatMask(mask)}`,
  );
  return [...listed, `others=${formatMask(otherNames)}`, `long=${formatMask(longNames)}`].join(' ');
}

function formatFilter(filter: OperationFilter): string {
  const { operation, lanes, source, destination, values, failures } = filter;
  const lines = [`${operation}: lanes ${formatMask(lanes)}, failures ${failures}`];
  lines.push(`  source ${formatNames(source)}`);
  if (destination) lines.push(`  destination ${formatNames(destination)}`);
  for (const { classes, masks } of values) {
    const { kind, value } = classes;
    const parts = classes.kind === 'bits' ? classes.bits : classes.lasts;
    lines.push(`  ${value} ${kind} ${parts.join(',')}: ${masks.map(formatMask).join(' ')}`);
  }
  return lines.join('\n');
}

function formatDiagnostics(compiled: CompiledPolicies, source: string, isPolicy: boolean): string {
  return compiled.diagnostics
    .map((diagnostic) => {
      if (isPolicy) return renderDiagnostic(diagnostic, source, { color: false });
      const { severity, code, message, advice } = diagnostic;
      return `${severity} ${code}: ${message}\n  help: ${advice}`;
    })
    .join('\n');
}

/** What a rule means, with all event types produced, and what is wrong with it. */
function formatChecked(source: string): string {
  const { tree, problem } = parseExpression(createPlainExpression('case', source));
  if (tree === null) return formatProblem(problem);
  const checked = checkRule(tree, makeContext(allEvents));
  const variants = checked.kind === 'rule' ? checked.variants : [];
  const conditions = variants.map(({ eventType, changedFile, condition }) => {
    const head = changedFile === null ? '' : `${eventType} ${changedFile}: `;
    return head + formatBool(condition);
  });
  return [...conditions, ...checked.problems.map(formatProblem)].join('\n');
}

function formatProblem({ line, column, length, code, severity, message }: Diagnostic): string {
  return `${line}:${column}+${length} ${severity} ${code} ${message}`;
}

/** What a condition means against fields of types that no event has yet. */
function formatFilterCheck(source: string): string {
  const { tree, problem } = parseExpression(createPlainExpression('case', source));
  if (tree === null) return formatProblem(problem);
  const { node, problems } = checkHostFilter(tree, testModel);
  return [...(node ? [formatBool(node)] : []), ...problems.map(formatProblem)].join('\n');
}

/** Computes what a case expects under a heading. */
function answer(kind: string, source: string, isPolicy: boolean): string {
  switch (kind) {
    case 'tree': {
      const { tree, problem } = parseMacro(createPlainExpression('case', source));
      return tree
        ? formatTree(tree)
        : `${problem.line}:${problem.column} ${problem.code} ${problem.message}`;
    }
    case 'typed':
      return formatChecked(source);
    case 'other fields':
      return formatFilterCheck(source);
    case 'filters': {
      const { filter } = compileSource(source, isPolicy);
      return filter.operations
        .filter(({ lanes }) => lanes !== 0n)
        .map(formatFilter)
        .join('\n');
    }
    case 'diagnostics':
      return formatDiagnostics(compileSource(source, isPolicy), source, isPolicy);
    case 'rules':
      return compileSource(source, isPolicy)
        .rules.map(({ index, id, eventType }) => `${index} ${id} ${eventType}`)
        .join('\n');
    case 'explanation':
      return compileSource(source, isPolicy)
        .rules.flatMap(({ explanation }) => explanation.predicates)
        .map(({ text, negated, decidedBy, table, reason }) => {
          const by = table === null ? decidedBy : `${decidedBy}, ${table}`;
          return `${negated ? 'not ' : ''}${text}: ${by}${reason === null ? '' : ` (${reason})`}`;
        })
        .join('\n');
    default:
      throw new Error(`no case can expect "${kind}"`);
  }
}

function rewrite(file: string, cases: readonly LanguageCase[]): void {
  const isPolicy = file.startsWith('policy');
  const answered = cases.map((entry) => ({
    ...entry,
    expectations: entry.expectations.map(({ kind }) => ({
      kind,
      text: answer(kind, entry.source, isPolicy),
    })),
  }));
  writeFileSync(new URL(file, folder), formatCases(answered));
}

const seenCodes = new Set<string>();

function isUpdated(file: string): boolean {
  return process.env.UPDATE === '1' || process.env.UPDATE === file;
}

for (const file of files) {
  const cases = parseCases(readFileSync(new URL(file, folder), 'utf8'));
  const isPolicy = file.startsWith('policy');
  if (isUpdated(file)) rewrite(file, cases);
  describe(file, () => {
    for (const { name, source, expectations } of cases) {
      it(name, () => {
        for (const { kind, text } of expectations) {
          const actual = answer(kind, source, isPolicy);
          for (const [code] of actual.matchAll(/FR\d{4}/g)) seenCodes.add(code);
          if (!isUpdated(file)) assert.equal(actual, text);
        }
      });
    }
  });
}

describe('the catalogue of diagnostics', () => {
  it('has a case for every code', () => {
    for (const [code, file] of Object.entries(codesTestedElsewhere)) {
      const test = readFileSync(new URL(file, import.meta.url), 'utf8');
      assert.ok(test.includes(code), `${file} does not test ${code}`);
      seenCodes.add(code);
    }
    const missing = Object.keys(diagnosticCatalogue).filter((code) => !seenCodes.has(code));
    assert.deepEqual(missing, []);
  });
});
