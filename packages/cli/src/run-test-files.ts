// SPDX-License-Identifier: Apache-2.0
// Runs the rule tests that paths stand for, one file after the other. What cannot be read is a
// report of its own and keeps no other from running; of the YAML files that a directory has, those
// that are no rule tests are skipped, while a file that somebody named must be one.

import { dirname, isAbsolute, join } from 'node:path';
import {
  Failure,
  type FileText,
  readFileText,
  readPolicyFiles,
  readStandardInput,
  type Unreadable,
} from '@fimbul/config';
import {
  CompiledLast,
  type RuleTestReport,
  type RuleTestSource,
  runRuleTests,
} from '@fimbul/rules';
import { isDirectory, searchFiles } from './search-files.ts';

/** What came of a file. */
export type TestFileOutcome =
  | { readonly kind: 'report'; readonly report: RuleTestReport }
  | { readonly kind: 'skipped'; readonly path: string };

type Run = {
  readonly named: ReadonlySet<string>;
  readonly done: Set<string>;
  readonly compiledLast: CompiledLast;
};

const adviceForNamed = {
  forPath: 'check the path on the command line',
  forKind: 'name a test file, or a directory with some',
} as const;

const removal = 'mend it, or remove it from the directory';
const adviceForFound = { forPath: removal, forKind: removal } as const;

const nothingToRun: Unreadable = {
  reason: 'the directory has no rule test, nor have those below it',
  advice: 'name a file with `cases:`, or a directory with such files',
};

function isTestName(name: string): boolean {
  return /\.ya?ml$/.test(name);
}

/** Paths of policies start at the folder of the test that names them. */
function makeResolver(folder: string): RuleTestSource['resolvePolicy'] {
  return (path) => {
    try {
      return { policies: readPolicyFiles([isAbsolute(path) ? path : join(folder, path)]) };
    } catch (error) {
      if (error instanceof Failure) return { reason: error.message };
      throw error;
    }
  };
}

type TestFile = { readonly path: string; readonly folder: string; readonly read: FileText };

function runFile({ compiledLast }: Run, { path, folder, read }: TestFile): RuleTestReport {
  const resolvePolicy = makeResolver(folder);
  const source: RuleTestSource = read.unreadable
    ? { path, text: '', unreadable: read.unreadable, resolvePolicy }
    : { path, text: read.text, resolvePolicy };
  return runRuleTests(source, compiledLast);
}

function refuse(run: Run, path: string, unreadable: Unreadable): TestFileOutcome {
  return { kind: 'report', report: runFile(run, { path, folder: '', read: { unreadable } }) };
}

function runFound(run: Run, path: string): RuleTestReport {
  run.done.add(path);
  const read = readFileText(path, adviceForFound);
  return runFile(run, { path, folder: dirname(path), read });
}

function runNamed(run: Run, path: string): RuleTestReport {
  run.done.add(path);
  if (path === '-') {
    return runFile(run, { path: '<stdin>', folder: '', read: readStandardInput() });
  }
  const read = readFileText(path, adviceForNamed);
  return runFile(run, { path, folder: dirname(path), read });
}

function* runDirectory(run: Run, directory: string): Generator<TestFileOutcome> {
  const { files, unreadable } = searchFiles(directory, isTestName);
  for (const { path, reason } of unreadable) {
    yield refuse(run, path, { reason, advice: 'make it readable, or name other paths' });
  }
  let isEmpty = unreadable.length === 0;
  for (const path of files) {
    const isNamed = run.named.has(path);
    if (run.done.has(path) || isNamed) isEmpty = false;
    if (run.done.has(path)) continue;
    const report = isNamed ? runNamed(run, path) : runFound(run, path);
    if (report.isRuleTest) isEmpty = false;
    yield isNamed || report.isRuleTest ? { kind: 'report', report } : { kind: 'skipped', path };
  }
  if (isEmpty) yield refuse(run, directory, nothingToRun);
}

/** Runs the tests that the paths stand for, each file once; `-` is standard input. */
export function* runTestFiles(paths: readonly string[]): Generator<TestFileOutcome> {
  const named = new Set(paths);
  const run: Run = { named, done: new Set(), compiledLast: new CompiledLast() };
  for (const path of named) {
    if (path !== '-' && isDirectory(path)) yield* runDirectory(run, path);
    else if (!run.done.has(path)) yield { kind: 'report', report: runNamed(run, path) };
  }
}
