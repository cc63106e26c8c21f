// SPDX-License-Identifier: Apache-2.0
// `npm run check`: everything that can be said about the sources without the tests of tests/. All
// steps run, whatever fails, so that one run shows every problem; the exit status is 1 if any did.

import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { checkLayers } from './check/layers-check.ts';
import { checkLeanPrograms } from './check/lean-check.ts';
import { checkLockfiles } from './check/lockfile-check.ts';
import { formatProblem, type Problem } from './check/problem.ts';
import { readSourceFiles, type SourceFile } from './check/source-file.ts';
import { checkTidiness } from './check/tidy.ts';
import { tidyExceptions } from './check/tidy-exceptions.ts';
import { checkGenerated } from './generate.ts';
import { biome, clangFormat, listTests, nodeTest, tsc } from './program.ts';
import { type Command, runCommand, SetupError } from './setup/command.ts';
import { findMissingPackages, installPackages } from './setup/debian-packages.ts';
import { buildDirectory, rootDirectory } from './setup/paths.ts';

/** Unit tests take milliseconds; on a slow machine with much else to do, some more. */
const unitTestLimits = { fileTimeoutMs: 60_000, timeoutMs: 5 * 60_000 };

type Outcome = { readonly ok: boolean; readonly output: string };

type Step = { readonly title: string; readonly run: () => Promise<Outcome> };

async function runProgram(command: Command): Promise<Outcome> {
  const { status, output } = await runCommand(command);
  return { ok: status === 0, output };
}

function report(problems: readonly Problem[]): Promise<Outcome> {
  const output = problems.map((problem) => `${formatProblem(problem)}\n`).join('');
  return Promise.resolve({ ok: problems.length === 0, output });
}

async function runUnitTests(): Promise<Outcome> {
  const files = listTests(['packages/**/*.test.ts', 'tools/**/*.test.ts', 'bench/**/*.test.ts']);
  const concurrency = availableParallelism();
  const run = nodeTest({ files, concurrency, ...unitTestLimits });
  // Every file is a process: without this, each compiles everything that it imports.
  const environment = { NODE_COMPILE_CACHE: join(buildDirectory, 'node-compile-cache') };
  const outcome = await runProgram({ ...run, environment });
  if (!outcome.ok) return { ok: false, output: outcome.output.replaceAll(/^\s*[✔▶].*\n/gm, '') };
  // Of a passed run only the counts are worth a line.
  const counts = outcome.output.match(/^ℹ (?:tests|pass|fail|skipped) \d+/gm) ?? [];
  return { ok: counts.length > 0, output: `  ${counts.map((line) => line.slice(2)).join(', ')}\n` };
}

/** The tool shows every place; whoever reads this only needs the files. */
async function checkClangFormat(): Promise<Outcome> {
  const { output } = await runProgram(clangFormat(['--dry-run', '--Werror']));
  const paths = new Set([...output.matchAll(/^(\S+?):\d+:\d+: error/gm)].map((m) => m[1] ?? ''));
  if (paths.size === 0) return { ok: output === '', output };
  return report(
    [...paths].map((path) => ({ path, rule: 'c-format', message: "run 'npm run format'" })),
  );
}

function listSteps(files: readonly SourceFile[]): readonly (readonly Step[])[] {
  const setup: Command = {
    program: 'sh',
    args: ['tools/setup.sh'],
    directory: rootDirectory,
  };
  const lint = ['ci', '--colors=off', '--reporter=concise', '--error-on-warnings'];
  const quiet = ['--diagnostic-level=warn', '--max-diagnostics=none'];
  return [
    [
      { title: 'types', run: () => runProgram(tsc()) },
      { title: 'format and lint', run: () => runProgram(biome([...lint, ...quiet])) },
      { title: 'C format', run: checkClangFormat },
      { title: 'layers', run: () => report([...checkLayers(files), ...checkLeanPrograms(files)]) },
      { title: 'tidy', run: () => report(checkTidiness(files, tidyExceptions)) },
      { title: 'lockfiles', run: () => report(checkLockfiles(files)) },
      { title: 'generated files', run: () => report(checkGenerated()) },
    ],
    [{ title: 'build', run: () => runProgram(setup) }],
    [{ title: 'unit tests', run: runUnitTests }],
  ];
}

async function runStep(step: Step): Promise<boolean> {
  const startedMs = performance.now();
  const { ok, output } = await step.run();
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`check: ${step.title}: ${ok ? 'ok' : 'FAILED'} (${seconds} s)`);
  if (output !== '' && (!ok || step.title === 'unit tests')) process.stdout.write(output);
  return ok;
}

/** Installs what only checks need. */
async function ensurePackages(): Promise<void> {
  const missing = await findMissingPackages(['check']);
  if (missing.length === 0) return;
  console.log(`check: installing ${missing.join(', ')} …`);
  await installPackages(missing);
}

try {
  await ensurePackages();
  const failed: string[] = [];
  for (const group of listSteps(readSourceFiles())) {
    await Promise.all(
      group.map(async (step) => {
        if (!(await runStep(step))) failed.push(step.title);
      }),
    );
  }
  console.log(failed.length === 0 ? 'check: all ok' : `check: FAILED: ${failed.join(', ')}`);
  process.exitCode = failed.length === 0 ? 0 : 1;
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
