// SPDX-License-Identifier: Apache-2.0
// Runs a file of rule tests: compiles the policies it is about, with every event type, and
// evaluates its events as the agent would. What every event type of the language has can be tested,
// whether or not this agent produces it.

import { eventTypes, type HostFacts } from '@fimbul/schema';
import { RuleRunner } from '../5-run/rule-runner.ts';
import { type CompiledPolicies, compilePolicies, type PolicySource } from '../compile.ts';
import { createDiagnostic, type Diagnostic, quote, reportUnreadable } from '../diagnostics.ts';
import { suggestName } from '../nearest-name.ts';
import type { Place } from '../source-text.ts';
import { findDropped } from './kernel-check.ts';
import { readTestFile, type TestCase, type TestFile, type TestStep } from './read-test-file.ts';
import type { TestEvent } from './test-event.ts';
import { ownKeyNames } from './test-keys.ts';
import { TestOwners } from './test-owners.ts';

export type RuleTestSource = {
  /** As it appears in diagnostics. */
  readonly path: string;
  readonly text: string;
  /** Why the file could not be read and what to do about it, where it could not. */
  readonly unreadable?: PolicySource['unreadable'];
  /** Gets the policies that a path of the test stands for, or the reason why there is none. */
  readonly resolvePolicy: (
    path: string,
  ) => { readonly policies: readonly PolicySource[] } | { readonly reason: string };
};

/** An event for which other rules matched than the test says. */
export type StepFailure = {
  readonly place: Place;
  /** Which event of the case, from 1; of how many. */
  readonly position: number;
  readonly count: number;
  readonly atNs: bigint;
  readonly eventType: string;
  readonly expected: readonly string[];
  readonly actual: readonly string[];
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  /** Of the missing ones, those that matched and were held back by `every`. */
  readonly heldBack: readonly string[];
};

export type CaseResult = {
  readonly name: string;
  readonly place: Place;
  /** `not-run`: a diagnostic says why. */
  readonly outcome: 'passed' | 'failed' | 'not-run';
  readonly failures: readonly StepFailure[];
};

export type RuleTestReport = {
  readonly path: string;
  /** True when nothing is wrong with the file and all cases passed. */
  readonly ok: boolean;
  readonly diagnostics: readonly Diagnostic[];
  readonly cases: readonly CaseResult[];
  /** False for a file that is about something else, as far as anybody can tell. */
  readonly isRuleTest: boolean;
  /** Texts of all files that diagnostics are about, by path. */
  readonly texts: ReadonlyMap<string, string>;
};

/** What was compiled last: files about the same policy often come one after the other. */
export class CompiledLast {
  #key = '';
  #run: CompiledRun | null = null;

  get(sources: readonly PolicySource[], host: HostFacts | null): CompiledRun {
    // A text is in it as it is: policies that differ must never be taken for one another.
    const parts = [sources, Object.entries(host ?? { none: true })];
    const key = JSON.stringify(parts, (_, value: unknown) =>
      typeof value === 'bigint' ? `${value}n` : value,
    );
    if (this.#run === null || key !== this.#key) {
      this.#run = compileRun(sources, host);
      this.#key = key;
    }
    return this.#run;
  }
}

/** Policies ready to be tested. */
type CompiledRun = {
  readonly compiled: CompiledPolicies;
  readonly owners: TestOwners;
  readonly runner: RuleRunner<TestEvent>;
  readonly ids: ReadonlySet<string>;
};

function compileRun(sources: readonly PolicySource[], host: HostFacts | null): CompiledRun {
  const compiled = compilePolicies(sources, { host, events: new Set(eventTypes) });
  const owners = new TestOwners();
  const runner = new RuleRunner<TestEvent>(compiled, owners.makeHost());
  return { compiled, owners, runner, ids: new Set(compiled.rules.map(({ id }) => id)) };
}

/** Runs a file of rule tests. Whatever is wrong with it or its policies is in the report. */
export function runRuleTests(
  source: RuleTestSource,
  compiledLast: CompiledLast = new CompiledLast(),
): RuleTestReport {
  const { path, text, unreadable } = source;
  if (unreadable) {
    const diagnostics = [reportUnreadable(path, unreadable)];
    return { path, ok: false, diagnostics, cases: [], isRuleTest: true, texts: new Map() };
  }
  const file = readTestFile(path, text);
  const diagnostics: Diagnostic[] = [...file.problems];
  const sources = collectPolicies(source, file, diagnostics);
  const texts = new Map([...sources, { path, text }].map((entry) => [entry.path, entry.text]));
  const run = compiledLast.get(sources, file.host);
  diagnostics.push(...run.compiled.diagnostics.filter((problem) => isWorthSaying(problem, path)));
  const canRun = sources.length > 0 && !diagnostics.some(isPolicyError(path, texts));
  const problems: Diagnostic[] = [];
  const cases = canRun
    ? file.cases.map((testCase) => runCase({ ...run, problems }, testCase))
    : file.cases.map((testCase) => describeUnrun(testCase));
  const all = unique([...diagnostics, ...problems]);
  const ok =
    all.every(({ severity }) => severity !== 'error') &&
    cases.every(({ outcome }) => outcome === 'passed');
  return { path, ok, diagnostics: all, cases, isRuleTest: file.isRuleTest, texts };
}

function collectPolicies(
  { path, text, resolvePolicy }: RuleTestSource,
  file: TestFile,
  diagnostics: Diagnostic[],
): readonly PolicySource[] {
  const sources = file.policies.flatMap((named) => {
    const resolved = resolvePolicy(named.path);
    if ('policies' in resolved) return resolved.policies;
    diagnostics.push(createDiagnostic('FR5002', { reason: resolved.reason }, named.place));
    return [];
  });
  return file.hasRules ? [...sources, { path, text, otherKeys: ownKeyNames }] : sources;
}

/** Warnings about policies are for `rules check`; those about the test file are for here. */
function isWorthSaying({ severity, file, code }: Diagnostic, path: string): boolean {
  if (severity === 'error') return true;
  // Events are written by hand here: it does not matter what this agent fills.
  return severity === 'warning' && file === path && code !== 'FR2101';
}

/** With an error in the rules, what matches would mean nothing. */
function isPolicyError(path: string, texts: ReadonlyMap<string, string>) {
  return ({ severity, file, code, rule }: Diagnostic): boolean => {
    if (severity !== 'error') return false;
    if (code === 'FR5002') return true;
    return file === path ? rule !== null : texts.has(file);
  };
}

function unique(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const keyOf = ({ code, file, line, column, message }: Diagnostic) =>
    JSON.stringify([code, file, line, column, message]);
  return [...new Map(diagnostics.toReversed().map((one) => [keyOf(one), one])).values()].sort(
    (left, right) =>
      (left.file < right.file ? -1 : Number(left.file > right.file)) ||
      left.line - right.line ||
      left.column - right.column,
  );
}

function describeUnrun({ name, place }: TestCase): CaseResult {
  return { name, place, outcome: 'not-run', failures: [] };
}

type Run = CompiledRun & { readonly problems: Diagnostic[] };

function runCase(run: Run, testCase: TestCase): CaseResult {
  const { name, place, steps } = testCase;
  if (steps === null) return describeUnrun(testCase);
  const unknown = steps.flatMap(({ matches }) => matches).filter(({ id }) => !run.ids.has(id));
  for (const { id, place: where } of unknown) {
    const list = 'check its spelling, and whether it is disabled or for other hosts';
    const words = { id: quote(id), suggestion: suggestName(id, run.ids, list) };
    run.problems.push(createDiagnostic('FR5012', words, where));
  }
  if (unknown.length > 0) return describeUnrun(testCase);
  run.owners.clear();
  run.runner.reset();
  const since = run.problems.length;
  const failures = steps.flatMap((step, index) => {
    const failure = runStep(run, step);
    return failure === null ? [] : [{ ...failure, position: index + 1, count: steps.length }];
  });
  const failed = failures.length > 0 || run.problems.length > since;
  return { name, place, outcome: failed ? 'failed' : 'passed', failures };
}

function runStep(
  { owners, runner, compiled, problems }: Run,
  { event, matches: expectedMatches, atNs, place }: TestStep,
): Omit<StepFailure, 'position' | 'count'> | null {
  owners.learn(event);
  const matches = runner.evaluate(event, event.type, -1, -1);
  for (const { rule } of findDropped(compiled.filter, event, matches)) {
    problems.push(createDiagnostic('FR5014', { id: rule.id }, place));
  }
  const listIds = (isHeldBack: boolean) => [
    ...new Set(
      matches
        .filter(({ outcome }) => (outcome === 'held-back') === isHeldBack)
        .map(({ rule }) => rule.id),
    ),
  ];
  const actual = listIds(false);
  const heldBack = listIds(true);
  const expected = expectedMatches.map(({ id }) => id);
  const missing = expected.filter((id) => !actual.includes(id));
  const unexpected = actual.filter((id) => !expected.includes(id));
  if (missing.length === 0 && unexpected.length === 0) return null;
  return {
    ...{ place, atNs, eventType: event.type, expected, actual, missing, unexpected },
    heldBack: missing.filter((id) => heldBack.includes(id)),
  };
}
