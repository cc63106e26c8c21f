// SPDX-License-Identifier: Apache-2.0
// `npm run budget`: what the verifier makes of every program, on this host's kernel and under
// Debian's in virtual machines, against what is committed. See `usage` for what it takes.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runCommand, SetupError } from '../../../tools/setup/command.ts';
import { findMissingPackages, installPackages } from '../../../tools/setup/debian-packages.ts';
import { buildDirectory, rootDirectory } from '../../../tools/setup/paths.ts';
import { describeOutcome, runGuest } from '../../../tools/vm/guest-run.ts';
import { obtainKernel } from '../../../tools/vm/kernel-fetch.ts';
import { findSeries, type KernelSeries, kernelSeries } from '../../../tools/vm/kernel-series.ts';
import { judge } from './budget-check.ts';
import { readBudget, updateBudget, writeBudget } from './budget-file.ts';
import { formatLoadTimes, formatTable } from './budget-table.ts';
import { type ProgramReport, parseReports } from './kernel-report.ts';

const usage = `usage: npm run budget -- [--update] [host] [5.10] [6.1] [6.12] [7]

Loads every program of every backend that a kernel takes, prints what it costs the verifier, and
fails when that is more than tests/kernel/budget/budget.json allows. Without names of kernels: all.

  --update   write what was measured into the budget in place of judging it
`;

const machinesAtOnce = 2;
const machineTimeoutMs = 10 * 60_000;
const runner = ['tests/kernel/budget/run.ts', '--json'];

type Kernel = 'host' | KernelSeries;
type Run = { readonly reports: readonly ProgramReport[]; readonly output: string };

async function runOnHost(): Promise<Run> {
  const { output } = await runCommand({
    program: process.execPath,
    args: runner,
    directory: rootDirectory,
    timeoutMs: machineTimeoutMs,
  });
  return { reports: parseReports(output), output };
}

async function runInMachine(series: KernelSeries): Promise<Run> {
  const report = (line: string): void => console.error(`budget: ${series.name}: ${line}`);
  const kernel = await obtainKernel(series, { refresh: false, report });
  const chunks: Buffer[] = [];
  const add = (chunk: Buffer): void => void chunks.push(chunk);
  const outcome = await runGuest(
    {
      kernel,
      command: ['build/node', ...runner],
      bpfLsm: true,
      append: '',
      memory: '2G',
      diskBytes: 64 * 1024 * 1024,
      timeoutMs: machineTimeoutMs,
      results: join(buildDirectory, 'vm', `budget-${series.name}`),
    },
    { out: add, error: add },
    new AbortController().signal,
  );
  const output = Buffer.concat(chunks).toString('utf8');
  const trouble = outcome.kind === 'exited' ? '' : `\n${describeOutcome(outcome)}`;
  return { reports: trouble === '' ? parseReports(output) : [], output: `${output}${trouble}` };
}

/** A kernel that cannot be had or started leaves the others to run. */
async function runKernel(kernel: Kernel): Promise<Run> {
  try {
    return kernel === 'host' ? await runOnHost() : await runInMachine(kernel);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return { reports: [], output: error.message };
  }
}

/** Runs all kernels, some side by side. One that reports nothing is told with what it said. */
async function runKernels(kernels: readonly Kernel[]): Promise<readonly Run[]> {
  const queue = [...kernels];
  const runs: Run[] = [];
  const work = async (): Promise<void> => {
    for (let kernel = queue.shift(); kernel !== undefined; kernel = queue.shift()) {
      const run = await runKernel(kernel);
      const name = kernel === 'host' ? 'this host' : kernel.name;
      if (run.reports.length === 0) {
        console.error(`budget: ${name} measured nothing:\n${run.output.slice(-4000)}`);
      }
      runs.push(run);
    }
  };
  await Promise.all(Array.from({ length: machinesAtOnce }, work));
  return runs;
}

/** Returns what is wrong with the arguments in place of the kernels. */
function readKernels(names: readonly string[]): readonly Kernel[] | string {
  if (names.length === 0) return ['host', ...kernelSeries];
  const kernels: Kernel[] = [];
  for (const name of names) {
    const kernel = name === 'host' ? name : findSeries(name);
    if (kernel === undefined) return `there is no kernel "${name}"`;
    kernels.push(kernel);
  }
  return kernels;
}

/** Prints what was measured, and judges it; or makes it the budget. Returns what is wrong. */
function conclude(reports: readonly ProgramReport[], isUpdate: boolean): readonly string[] {
  const committed = readBudget();
  const loaded = reports.filter((report) => report.outcome === 'loaded');
  const budget = isUpdate ? updateBudget(committed, loaded) : committed;
  const { verdicts, problems } = judge(budget, reports);
  process.stdout.write(formatTable(verdicts));
  process.stdout.write(formatLoadTimes(verdicts));
  if (isUpdate) writeBudget(budget);
  return problems;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { update: { type: 'boolean', default: false }, help: { type: 'boolean' } },
  });
  const kernels = readKernels(positionals);
  if (values.help || typeof kernels === 'string') {
    if (typeof kernels === 'string') console.error(`budget: ${kernels}`);
    console.error(usage);
    return values.help ? 0 : 1;
  }
  const missing = await findMissingPackages(['test']);
  if (missing.length > 0) await installPackages(missing);
  const runs = await runKernels(kernels);
  const problems = conclude(
    runs.flatMap(({ reports }) => reports),
    values.update,
  );
  for (const problem of problems) console.error(`budget: ${problem}`);
  const hasSilent = runs.some(({ reports }) => reports.length === 0);
  console.log(problems.length > 0 || hasSilent ? 'budget: FAILED' : 'budget: ok');
  return problems.length > 0 || hasSilent ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`budget: ${error.message}`);
  process.exitCode = 1;
}
